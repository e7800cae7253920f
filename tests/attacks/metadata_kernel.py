# family: metadata
# tries: another kernel and another language
# stock: yes
def double(x):
    return None
# %% notebook
# {"metadata": {"kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"},
#   "language_info": {"name": "bash", "file_extension": ".sh"}}}
