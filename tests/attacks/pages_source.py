# family: pages
# tries: a script in the source text of the cell itself
# stock: yes
def double(x):
    """</pre></div></textarea><script>ATTACK()</script>"""
    return None  # <!-- --><img src=x onerror=ATTACK()>
