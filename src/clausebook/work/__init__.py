"""The only writers of content. Whole files or nothing: written beside, flushed, then moved into place."""
