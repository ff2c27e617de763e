# %% [markdown]
# # A network keeps small text crisp

# %%
gain = 0.5
