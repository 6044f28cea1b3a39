"""Workbooks from outside: judged before they are parsed, then read as plain cells."""
