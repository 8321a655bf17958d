"""Headers of logs as they are kept: every name means what a reader takes it for, or is left open; persons stay out."""

from __future__ import annotations

import pytest

from clausebook.load.header_rows import find_header, named
from clausebook.load.headers import is_personal, is_total, meanings

# name of the layout | column:meaning …; `P` is personal data, `-` must be left open.
LAYOUTS = """
12345热线|工单编号:id|来电时间:received_at|来电人:P|来电号码:P|诉求类型:category|诉求标题:title|诉求内容:description|\
  事发地址:P|承办单位:responsible_dept|办理时限:due_at|办结时间:closed_at|办理结果:resolution|是否办结:closed_flag|\
  满意度:satisfaction
市民热线2|序号:-|登记日期:registered_at|来电时间:received_at|投诉人:P|诉求:-|责任部门:responsible_dept|\
  处理结果:resolution|满意度:satisfaction|是否关闭:closed_flag
信访|信访编号:id|来信日期:received_at|信访人:P|身份证号:P|信访形式:channel|信访内容:description|转办日期:sent_at|\
  承办部门:responsible_dept|答复时间:responded_at|答复意见:resolution|办理状态:status
ISO10002|Complaint No.:id|Date Received:received_at|Complainant Name:P|Contact Details:P|Received via:channel|\
  Product/Service:product|Description of complaint:description|Remedy requested:demand|Due date:due_at|\
  Person responsible:owner|Immediate action taken:containment|Root cause:root_cause|\
  Corrective action:corrective_action|Date closed:closed_at|Complainant satisfied?:satisfaction|Status:status
council|Complaint ID:id|Date Received:received_at|Nature of complaint:-|Service area:responsible_dept|\
  Resolution date:closed_at|Owner:owner|Outcome:resolution|Lessons learned:-
housing|Case ref:id|Date of complaint:received_at|Tenant name:P|Property address:P|Complaint stage:-|\
  Category of complaint:category|Target date:due_at|Date responded:responded_at|Date resolved:closed_at|Upheld?:-|\
  Officer:-
hospital_zh|投诉编号:id|投诉日期:received_at|患者姓名:P|住院号:P|联系电话:P|被投诉科室:responsible_dept|\
  投诉方式:channel|投诉内容:description|投诉类型:category|调查情况:-|处理意见:resolution|结案日期:closed_at|\
  患者满意度:satisfaction|接待人:owner
telecom_zh|投诉流水号:id|投诉受理时间:received_at|用户号码:P|投诉渠道:channel|投诉一级分类:category|\
  投诉内容:description|处理部门:responsible_dept|处理完成时间:closed_at|首次响应时间:responded_at|\
  处理结果:resolution|回访结果:satisfaction|工单状态:status
shop_zh|投诉单号:id|订单编号:order|买家昵称:P|商品名称:product|投诉发起时间:received_at|投诉原因:-|\
  投诉描述:description|买家诉求:-|处理进度:status|完结时间:closed_at|退款金额:-
property_zh|登记编号:id|投诉时间:received_at|业主姓名:P|房号:P|业主电话:P|投诉事项:description|责任人:-|\
  处理措施:resolution|完成时间:closed_at|回访情况:satisfaction|备注:remarks
bank_en|Case Number:id|Date Opened:received_at|Customer ID:P|Account Number:P|Channel:channel|Product:product|\
  Issue Type:category|Case Owner:owner|Priority:severity|Case Status:status|Date Closed:closed_at|\
  Resolution:resolution|CSAT:satisfaction
zendesk|Ticket ID:id|Created at:received_at|Requester name:P|Requester email:P|Subject:title|Description:description|\
  Assignee:owner|Priority:severity|Status:status|Solved at:closed_at|Satisfaction rating:satisfaction
salesforce|Case Number:id|Case Origin:channel|Opened Date:received_at|Closed Date:closed_at|Contact Name:P|\
  Account Name:P|Subject:title|Description:description|Case Reason:-|Type:-
airline|Reference number:id|Passenger name:P|Flight no:-|Date of incident:event_on|\
  Date complaint received:received_at|Complaint category:category|Details of complaint:description|\
  Outcome requested:demand|Final response date:responded_at
school_zh|序号:-|接待日期:received_at|家长姓名:P|学生姓名:P|反映问题:description|处理情况:resolution|经办人:owner
market_zh|投诉登记号:id|投诉登记时间:registered_at|接收时间:received_at|投诉人姓名:P|被投诉单位:-|投诉请求:demand|\
  涉诉产品:product|办结日期:closed_at|调解结果:resolution
food_zh|客诉单号:id|客诉日期:received_at|客户名称:P|产品名称:product|批号:batch|生产日期:-|客诉描述:description|\
  原因分析:root_cause|纠正措施:corrective_action|责任单位:responsible_dept|完成日期:closed_at|验证人:-
bilingual|编号 No.:id|收到日期 Date received:received_at|客户 Customer:P|投诉内容 Description:description|\
  责任部门 Dept.:responsible_dept|处理结果 Result:resolution|关闭日期 Close date:closed_at|状态 Status:status
units|投诉编号:id|投诉日期(年/月/日):received_at|处理时长(天):-|赔偿金额（元）:-|投诉内容:description|\
  满意度（1-5分）:satisfaction|状态（已结案/未结案）:status
insurance|Complaint reference:id|Received date:received_at|Policyholder:P|Policy number:P|Complaint reason:-|\
  Acknowledged date:-|Final response date:responded_at|Redress paid:-|FOS referral:-|Closed Y/N:closed_flag
restaurant|Date:received_at|Time:-|Branch:-|Complaint:-|Guest name:P|Mobile:P|Action taken:resolution|Manager:-
utility|SR Number:id|Date Logged:received_at|Consumer No:P|Complaint Type:category|Complaint Description:description|\
  Assigned To:owner|Date Assigned:sent_at|Date Resolved:closed_at|Resolution Details:resolution|\
  Current Status:status
bus_zh|案件编号:id|投诉日期:received_at|投诉人电话:P|线路:-|车牌号:P|司机工号:-|投诉类别:category|\
  情况描述:description|处理情况:resolution|答复日期:responded_at
logistics_zh|工单号:id|运单号:order|投诉时间:received_at|投诉来源:channel|问题类型:category|问题描述:description|\
  责任方:-|理赔金额:-|处理状态:status|结案时间:closed_at|处理人:owner
gov_en|Request ID:id|Submitted date:received_at|Citizen name:P|Email address:P|Phone number:P|\
  Department:responsible_dept|Complaint details:description|Due date:due_at|Closure date:closed_at|Response:-
clinic|Ref No:id|Date reported:received_at|Patient ID:P|Reported via:channel|Summary:title|Severity:severity|\
  Investigating officer:-|Root cause analysis:root_cause|Preventive action:corrective_action|\
  Date completed:closed_at
heimao|投诉编号:id|发起时间:received_at|投诉对象:-|投诉要求:demand|涉诉金额:-|投诉进度:-|投诉内容:description|\
  用户昵称:P|回复时间:responded_at|完成时间:closed_at
trap_zh|反馈日期:-|反馈人:P|反馈方式:-|处理反馈:-|投诉人数:-|是否有效投诉:-|投诉人类型:-|投诉件数:-|产品类别:-|\
  部门主管:-
trap_en|Date of birth:P|Product name:product|Date sent:sent_at|Received by:receiver|Number of complaints:-|\
  Customer type:-|Date of purchase:-|Reply:-|Issue date:-|Contact method:-|Company name:-|Email sent?:-
dupes|受理日期:-|投诉日期:received_at|处理日期:-|结案日期:closed_at|内容:-|投诉内容:description
hotel|Guest Complaint Log No:-|Room No:-|Guest:P|Arrival date:-|Complaint date:received_at|\
  Complaint details:description|Handled by:owner|Follow up date:-|Compensation:-|Guest satisfied:-
"""


def layouts() -> list[tuple[str, dict[str, str]]]:
    found = []
    for line in LAYOUTS.replace("\\\n", "").strip().splitlines():
        name, *columns = line.split("|")
        found.append((name, dict(column.strip().rsplit(":", 1) for column in columns)))
    return found


@pytest.mark.parametrize(("name", "wanted"), layouts(), ids=[name for name, _ in layouts()])
def test_a_layout_is_understood_or_left_open(name: str, wanted: dict[str, str]) -> None:
    found = meanings(list(wanted))
    for column, meaning in wanted.items():
        assert is_personal(column) == (meaning == "P"), column
        if meaning != "P":
            assert (found[column].name if column in found else "-") == meaning, column


@pytest.mark.parametrize(
    "column",
    [
        "业主手机号",
        "收件人",
        "紧急联系人电话",
        "微信号",
        "身份证号码(18位)",
        "E-mail address",
        "Mobile No.",
        "Patient name",
        "Name",
        "投诉人信息 › 姓名",
        "开户银行卡号",
        "患者",
        "DOB",
        "Guest",
        "投诉人签字",
        "户主姓名",
        "会员号",
    ],
)
def test_who_complains_is_recognised_by_a_part_of_the_name(column: str) -> None:
    assert is_personal(column)


@pytest.mark.parametrize(
    "column",
    [
        "产品名称",
        "投诉人数",
        "投诉人类型",
        "是否联系投诉人",
        "Product name",
        "Company",
        "State",
        "客户诉求",
        "用户满意度",
        "Customer Complaint",
        "Filing on Behalf of Someone",
        "Consumer disputed?",
        "手续费",
        "公司名称",
        "Web address",
    ],
)
def test_what_names_nobody_is_kept(column: str) -> None:
    assert not is_personal(column)


def test_a_header_of_two_rows_is_read_as_one() -> None:
    rows = [
        ["2026年投诉台账", "", "", "", "", "", ""],
        ["投诉编号", "投诉日期", "投诉人信息", "", "投诉内容", "处理情况", ""],
        ["", "", "姓名", "电话", "", "处理结果", "日期"],
        ["T1", "2026-01-03", "甲", "1", "漏水", "已修", "2026-01-05"],
    ]
    found = find_header(rows)
    assert found is not None and (found.first, found.last) == (1, 2)
    columns = named(found.cells)
    assert {name: meaning.field for name, meaning in meanings(columns).items() if meaning.field} == {
        "投诉编号": "external_case_no", "投诉日期": "received_at", "投诉内容": "description",
        "处理情况 › 处理结果": "imported.resolution", "处理情况 › 日期": "imported.closed_on",
    }  # fmt: skip
    assert is_personal("投诉人信息 › 姓名") and is_personal("投诉人信息 › 电话")


@pytest.mark.parametrize(
    "rows",
    [
        [["某公司客诉台账"], ["投诉日期", "投诉内容"], ["2026-01-03", "漏水"]],
        [["投诉日期", "投诉方式"], ["2026-01-03", "电话"], ["2026-01-04", "邮箱"]],
        [["投诉日期", "投诉内容", "备注"], ["（必填）", "", ""], ["2026-01-03", "漏水", ""]],
    ],
)
def test_one_row_stays_one_row(rows: list[list[str]]) -> None:
    found = find_header(rows)
    assert found is not None and found.first == found.last and "投诉日期" in found.cells


def test_a_word_that_needs_another_column_is_open_without_it() -> None:
    assert "诉求" not in meanings(["投诉日期", "诉求"])
    assert meanings(["投诉日期", "诉求", "投诉内容"])["诉求"].name == "demand"


@pytest.mark.parametrize(
    "first", ["合计", "共计：12件", "Total", "Grand total", "小计", "制表人：甲", "注：本表由质量部填写", "第 1 页"]
)
def test_sums_and_signatures_are_no_complaints(first: str) -> None:
    assert is_total(["", first, "3"])


@pytest.mark.parametrize(
    "first",
    [
        "T1",
        "合计金额与账单不符，要求退款",
        "Total loss of signal",
        "第一次来电未接",
        "第 3 次投诉仍未解决",
        "共 3 次来电未接",
        "备注栏被删",
    ],
)
def test_a_complaint_that_begins_like_a_sum_is_none(first: str) -> None:
    assert not is_total([first, "", "3"])
