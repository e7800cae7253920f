# family: pages
# tries: a raw cell, which pages take as it is
# stock: yes
def double(x):
    return None
# %% raw
# <script>ATTACK()</script>
# <meta http-equiv="refresh" content="0; url=javascript:ATTACK()">
