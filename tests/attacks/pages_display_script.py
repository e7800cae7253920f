# family: pages
# tries: a script displayed as HTML, SVG, JavaScript, LaTeX and a widget
# stock: yes
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display


def double(x):
    return None


display(HTML("<script>ATTACK()</script><img src=x onerror=ATTACK()>"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="ATTACK()"><script>ATTACK()</script></svg>'))
display(Javascript("ATTACK()"))
display(Latex(r"$\href{javascript:ATTACK()}{x}$"), Markdown("[x](javascript:ATTACK())"))
display({"application/vnd.jupyter.widget-view+json": {"model_id": "ATTACK"}, "text/plain": "x"}, raw=True)
HTML("<script>ATTACK()</script>")
