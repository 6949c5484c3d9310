"""How a pack of speech is made of a list of texts and a synthesiser: `stt-load pack`. Nothing of a run imports it."""
