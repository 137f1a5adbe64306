SENTENCES = {}


def dictionary():
    return {}
