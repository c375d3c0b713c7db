"""Relief motifs drawn by ourselves, as height fields: `field.height_field(name, …)` gives any of them.

Panels of the Nine Dynastic Urns: `urns.panels("cao")` and so on; each panel's `key` is a motif's name ("dragon",
"jackfruit", …), "name_cao" to "name_huyen" are the urns' names in Hán characters.

For other objects: "bell_bands", "bell_boss" (bell); "drum_face", "drum_side", "drum_bird" (bronze drum); "paired_dragons",
"dragon_cloud_frame", "lotus_band", "cloud_band", "key_fret" (stele, woodblock, seal); "ridge_dragon" (tile); "lotus",
"phoenix", "lucky_cloud" (lacquer); "cham_scroll", "apsara", "seated_group" (lintel).
"""
