# family: shadowing
# tries: start-up modules that Python imports by itself
# stock: yes
def double(x):
    return None
# %% file sitecustomize.py
open("@CANARY@.site", "w").write("attack")
# %% file usercustomize.py
open("@CANARY@.user", "w").write("attack")
