"""What a reader of a lecture moves without a kernel: sliders, and a drawing in SVG for each of their settings.

It imports the reference `solutions`, which compute what is drawn, and no other wing.
"""
