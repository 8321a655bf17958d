-- What HTML cannot say in Word: the title, a table of contents with page numbers, new pages.

local function safe(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function field(instruction, shown, dirty)
  return '<w:r><w:fldChar w:fldCharType="begin"' .. (dirty and ' w:dirty="true"' or "") .. "/></w:r>"
    .. '<w:r><w:instrText xml:space="preserve"> ' .. instruction .. " </w:instrText></w:r>"
    .. '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' .. shown
end

local END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

local function entry(link)
  local anchor = safe(link.target:sub(2))
  local page = field("PAGEREF " .. anchor .. " \\h", "") .. END
  return '<w:hyperlink w:anchor="' .. anchor .. '" w:history="1"><w:r><w:t xml:space="preserve">'
    .. safe(pandoc.utils.stringify(link.content)) .. "</w:t></w:r><w:r><w:tab/></w:r>" .. page .. "</w:hyperlink>"
end

-- The numbers stay empty until the reader's office program fills the fields in: none is better than a wrong one.
local function paragraph(level, inner)
  return '<w:p><w:pPr><w:pStyle w:val="TOC' .. level .. '"/></w:pPr>' .. inner .. "</w:p>"
end

local function contents(div)
  local links = {}
  div:walk({ Link = function(link) table.insert(links, link) end })
  local deep = div.attributes["deep"] or "1"
  local out = {}
  for index, link in ipairs(links) do
    local level = link.classes:includes("second") and 2 or 1
    local inner = entry(link)
    if index == 1 then inner = field('TOC \\o "1-' .. safe(deep) .. '" \\h \\z \\u', "", true) .. inner end
    if index == #links then inner = inner .. END end
    table.insert(out, paragraph(level, inner))
  end
  return pandoc.RawBlock("openxml", table.concat(out))
end

-- A Chinese sign takes the room of two letters; a column gets room by the square root of its longest cell.
local function width(blocks)
  local sum = 0
  for _, code in utf8.codes(pandoc.utils.stringify(blocks)) do
    sum = sum + (code > 0x2E80 and 2 or 1)
  end
  return sum
end

function Table(tbl)
  local widest, given = {}, false
  for _, spec in ipairs(tbl.colspecs) do
    given = given or (spec[2] ~= nil and spec[2] > 0)
  end
  if given then return nil end
  local function measure(rows)
    for _, row in ipairs(rows) do
      for index, cell in ipairs(row.cells) do
        widest[index] = math.max(widest[index] or 6, math.min(width(cell.contents), 160))
      end
    end
  end
  measure(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do measure(body.body) end
  local total = 0
  for _, one in ipairs(widest) do total = total + math.sqrt(one) end
  local specs = {}
  for index, spec in ipairs(tbl.colspecs) do
    specs[index] = { spec[1], math.sqrt(widest[index] or 6) / total }
  end
  tbl.colspecs = specs
  return tbl
end

function Pandoc(doc)
  local title
  doc = doc:walk({
    Div = function(div)
      if div.classes:includes("title") then
        title = div.content[1].content
        return {}
      end
      if div.classes:includes("contents") then
        return { div.content[1], contents(div) }
      end
    end,
  })
  doc.meta.title = title and pandoc.MetaInlines(title) or doc.meta.title
  doc.meta.author = nil
  return doc
end
