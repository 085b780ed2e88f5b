"""VMCP: fetch a website's signed description of one virtual machine, and find out whether to believe it.

``client.request_description`` does the whole of it; every other module here is one step.
"""
