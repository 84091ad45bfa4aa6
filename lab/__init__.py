"""A small company in network namespaces: where netcordon is shown, tried and taught.

`world` says who exists, `topology` builds the cables, `services` and `internet` start the real
servers, `office_life`, `server_life` and `intrusion` use them, `truth` writes down what happened,
and `record` does it all once, start to end.
"""
