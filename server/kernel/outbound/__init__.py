"""The one way out to addresses that somebody else gave us (engineering/reliability.md, section 3, SSRF).

https to a host that is on a list, port 443, public addresses only, no redirect, no proxy, ten seconds, no answer read.
"""
