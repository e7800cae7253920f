# family: pages
# tries: pictures that are no pictures: SVG, a PNG with a script behind it, pixels that are no pixels
# stock: yes
import base64

from IPython.display import display


def double(x):
    return None


png = base64.b64encode(b"\x89PNG\r\n\x1a\n<script>ATTACK()</script>").decode()
display({"image/png": png + '" onerror="ATTACK()', "image/svg+xml": "<svg onload='ATTACK()'/>"}, raw=True)
