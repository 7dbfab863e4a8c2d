"""Bootstrap: the only place that knows every module. Options, start-up, settings, addresses, processes, command line.

Not here: any rule of government. Modules are found by listing the layers' folders, never named one by one.
"""
