"""What is found, what is missed, what is falsely alarmed, on labelled recordings.

``truth`` (what is known) → ``evaluate`` (what netcordon says) and ``peers`` (what others say) →
``score`` (who is right) → ``intervals``, ``calibration`` → ``page``.
"""
