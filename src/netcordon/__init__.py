"""netcordon: a cordon around malicious network behaviour.

The path of the data, one package a step::

    evidence -> tables -> findings -> incident -> report

``casefile`` keeps the journal, ``evidence`` takes files in, ``ingest`` decodes them into the
``tables``, ``detection`` turns tables into findings, ``incidents`` joins findings into incidents,
``reporting`` renders one frozen document, ``workflow`` holds the jobs a person asks for, and
``interfaces`` let a person ask. What people add (parsers, detectors, report sections) lives in
``plugins``, one file each.
"""

__version__ = "0.1.0"
