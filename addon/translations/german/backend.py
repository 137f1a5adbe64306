"""What the backend's processes say: errors, notes, and the parts that errors are made of."""

BACKEND = {
    # Videos and people
    "No frame of {0} can be decoded ({1} video); convert it to an H.264 MP4 and try again.":
        "Kein Bild von {0} lässt sich lesen (Video in {1}); in ein MP4 mit H.264 umwandeln und "
        "noch einmal versuchen.",
    "Nobody was found in {0}; the person should be seen from head to foot and be at least a fifth "
    "of the picture's height.":
        "In {0} wurde niemand gefunden; die Person sollte von Kopf bis Fuß zu sehen sein und "
        "mindestens ein Fünftel der Bildhöhe haben.",
    "People are all, largest, or numbers of theirs from 1 like 1,3, not {0}.":
        "Personen sind all, largest oder Nummern ab 1 wie 1,3, nicht {0}.",
    "{0} shows {1}, and none is number {2}: `onetake.py people` tells who is who.":
        "{0} zeigt {1}, und keine hat die Nummer {2}: `onetake.py people` sagt, wer wer ist.",
    "1 person": "1 Person",
    "{0} people": "{0} Personen",
    "There is no file {0}.": "Es gibt keine Datei {0}.",
    "{0} cannot be read: permission denied.": "{0} darf nicht gelesen werden.",
    "{0} has no frame that can be decoded in the chosen range (it lasts {1} s, about {2} frames).":
        "{0} hat im gewählten Bereich kein lesbares Bild (Dauer {1} s, etwa {2} Bilder).",
    "{0} has no video in it, only other streams.": "{0} enthält kein Video, nur andere Spuren.",
    "{0} is a device or a pipe; give a video file.":
        "{0} ist ein Gerät oder eine Pipe; eine Videodatei angeben.",
    "{0} is a folder; give a video file.": "{0} ist ein Ordner; eine Videodatei angeben.",
    "{0} is a picture, not a video.": "{0} ist ein Bild, kein Video.",
    "{0} is a text file, not a video.": "{0} ist eine Textdatei, kein Video.",
    "{0} is cut short or damaged: {1} of about {2} frames could be decoded.":
        "{0} ist abgeschnitten oder beschädigt: {1} von etwa {2} Bildern waren lesbar.",
    "{0} is empty (0 bytes).": "{0} ist leer (0 Bytes).",
    "{0} is not a video that can be read, or its recording or copy was cut short before the index "
    "was written.":
        "{0} ist kein lesbares Video, oder Aufnahme oder Kopie brachen ab, ehe das Verzeichnis am "
        "Ende geschrieben war.",
    "A field of view of {0}° is not possible; give 1 to 170.":
        "Ein Blickfeld von {0}° ist nicht möglich; 1 bis 170 angeben.",
    "A focal length of {0} pixels does not fit a picture {1} pixels wide; give it in pixels, or "
    "use --fov in degrees.":
        "Eine Brennweite von {0} Pixeln passt nicht zu einem {1} Pixel breiten Bild; in Pixeln "
        "angeben, oder --fov in Grad verwenden.",
    "--height {0} is nobody's: give the person's height in metres, like 1.75.":
        "So groß ist niemand: --height {0}; die Größe in Metern angeben, etwa 1.75.",
    "--start {0} and --end {1} hold no part of a video: they are seconds, the start 0 or more and "
    "the end after it.":
        "Zwischen --start {0} und --end {1} liegt kein Teil eines Videos: in Sekunden, der Anfang "
        "ab 0 und das Ende danach.",
    "Note: {0}": "Hinweis: {0}",
    # How it goes
    "OneTake works: {0} frames/s on {1} with PyTorch {2}":
        "OneTake läuft: {0} Bilder/s auf {1} mit PyTorch {2}",
    "Something unexpected went wrong; details are in {0}.":
        "Etwas Unerwartetes ging schief; Näheres steht in {0}.",
    "Stopped on request.": "Wie gewünscht abgebrochen.",
    "The computer ran out of memory; close other programs and run again.":
        "Dem Rechner ging der Speicher aus; andere Programme schließen und noch einmal starten.",
    "The job was cancelled.": "Die Aufgabe wurde abgebrochen.",
    # Disks
    "The disk that holds {0} is full; free some space or {1}.":
        "Der Datenträger mit {0} ist voll; Platz schaffen, oder {1}.",
    "Writing to {0} failed: {1}; {2}.": "In {0} ließ sich nicht schreiben: {1}; {2}.",
    "choose a data folder on another disk (ONETAKE_HOME, or the add-on's preferences)":
        "einen Datenordner auf einem anderen Datenträger wählen (ONETAKE_HOME, oder die "
        "Einstellungen des Add-ons)",
    "{0} cannot be written to; {1}.": "In {0} darf nicht geschrieben werden; {1}.",
    "{0} is a file, not a folder; {1}.": "{0} ist eine Datei, kein Ordner; {1}.",
    "Is a directory": "ist ein Ordner",
    "No space left on device": "der Datenträger ist voll",
    "No such file or directory": "nicht vorhanden",
    "Operation not permitted": "nicht erlaubt",
    "Permission denied": "keine Berechtigung",
    "Read-only file system": "schreibgeschützter Datenträger",
    # Set-up
    "Adding {0} requirements to {1}": "Ergänzt {1} um {0}",
    "Another OneTake is setting up; waiting for it.":
        "Ein anderes OneTake richtet gerade ein; wartet darauf.",
    "OneTake needs {0} GB in {1} and {2} GB are free: make room, or choose a data folder on "
    "another disk (ONETAKE_HOME, or the add-on's preferences).":
        "OneTake braucht {0} GB in {1}, und {2} GB sind frei: Platz schaffen, oder einen "
        "Datenordner auf einem anderen Datenträger wählen (ONETAKE_HOME, oder die Einstellungen "
        "des Add-ons).",
    "Python {0} (64-bit) is needed for {1} and was not found: install Python {2}.{3} and start "
    "again.":
        "Für {1} wird Python {0} (64 Bit) gebraucht, und es fehlt: Python {2}.{3} installieren und "
        "noch einmal starten.",
    "Set up in {0} s": "In {0} s eingerichtet",
    "Setting up OneTake in {0}": "Richtet OneTake in {0} ein",
    "Blender": "Blender",
    "pip": "pip",
    "The body's data": "die Daten des Körpers",
    "The libraries": "die Bibliotheken",
    "The body could not be made": "Der Körper ließ sich nicht herstellen",
    "The networks could not be downloaded": "Die Netze ließen sich nicht herunterladen",
    "The network {0} is missing: set OneTake up again.":
        "Das Netz {0} fehlt: OneTake noch einmal einrichten.",
    "The network {0} was damaged and has been deleted: set OneTake up again, or run the same "
    "command again, which brings it back.":
        "Das Netz {0} war beschädigt und wurde gelöscht: OneTake noch einmal einrichten oder "
        "denselben Befehl noch einmal geben, das holt es zurück.",
    "The package anny is not installed: set OneTake up again.":
        "Das Paket anny ist nicht installiert: OneTake noch einmal einrichten.",
    "There is no Blender at {0}.": "Bei {0} ist kein Blender.",
    "There is no Python at {0}: choose another folder.":
        "Bei {0} ist kein Python: einen anderen Ordner wählen.",
    "it ended without a word": "es endete ohne ein Wort",
    "{0} cannot make environments": "{0} kann keine Umgebungen anlegen",
    "{0} could not be installed": "Installation gescheitert: {0}",
    "{0} could not make an environment": "{0} konnte keine Umgebung anlegen",
    "{0} fits but cannot make environments: install its venv and ensurepip modules (on Debian and "
    "Ubuntu: sudo apt-get install {1}).":
        "{0} passt, kann aber keine Umgebungen anlegen: die Module venv und ensurepip dazu "
        "installieren (auf Debian und Ubuntu: sudo apt-get install {1}).",
    "--front-end goes with an estimator that looks at pictures and its --weights trained with that "
    "front end: those that ship know BlazePose's alone.":
        "--front-end gehört zu einem Schätzer, der Bilder ansieht, und zu seinen damit trainierten "
        "--weights: die mitgelieferten kennen nur BlazePose.",
    "The estimator ik is not trained: leave out --weights.":
        "Der Schätzer ik ist nicht trainiert: --weights weglassen.",
    "The network's weights want BlazePose's own {0} features of a person, not {1}: leave out "
    "--front-end.":
        "Die Gewichte des Netzes wollen die {0} Merkmale einer Person von BlazePose, nicht {1}: "
        "--front-end weglassen.",
    "The network's weights want {0} features of a person, not {1}: name the front end that they "
    "were trained with by --front-end.":
        "Die Gewichte des Netzes wollen {0} Merkmale einer Person, nicht {1}: das Netz, mit dem "
        "sie trainiert wurden, mit --front-end angeben.",
    "{0} holds no weights of the {1} network: {2}":
        "{0} enthält keine Gewichte des Netzes {1}: {2}",
    "{0} in {1} is not the file OneTake was made for: the download is broken or was tampered with, "
    "so nothing was installed. Start it again.":
        "{0} in {1} ist nicht die Datei, für die OneTake gemacht ist: beim Herunterladen "
        "beschädigt oder verfälscht, darum wurde nichts installiert. Noch einmal starten.",
    "{0} was installed but does not work: {1} (see {2}).":
        "{0} wurde installiert, läuft aber nicht: {1} (siehe {2}).",
    "{0}. Start it again to go on from here; details are in {1}.":
        "{0}. Noch einmal starten, dann geht es hier weiter; Näheres steht in {1}.",
    "{0}: the disk is full": "{0} (der Datenträger ist voll)",
    "{0}: the network cannot be reached": "{0} (das Netz ist nicht erreichbar)",
    # Files of bodies
    "{0} asks for {1}, which data has no use for: it was not opened.":
        "{0} verlangt {1}, was Daten nicht brauchen: sie wurde nicht geöffnet.",
    "{0} cannot be read: {1}.": "{0} lässt sich nicht lesen: {1}.",
    "{0} has faces that belong to no vertex.": "{0} hat Flächen, die zu keinem Punkt gehören.",
    "{0} has fewer than ten shape directions.": "{0} hat weniger als zehn Richtungen der Gestalt.",
    "{0} has other joints than SMPL.": "{0} hat andere Gelenke als SMPL.",
    "{0} is an SMPL body, but damaged.": "{0} ist ein SMPL-Körper, aber beschädigt.",
    "{0} is damaged.": "{0} ist beschädigt.",
    "{0} is damaged: it is not all numbers.": "{0} ist beschädigt: es sind nicht nur Zahlen.",
    "{0} is no pickle that can be read.": "{0} ist kein lesbares Pickle.",
    "{0} is not a body of SMPL's 24 joints.": "{0} ist kein Körper mit den 24 Gelenken von SMPL.",
    "{0} is not an SMPL body.": "{0} ist kein SMPL-Körper.",
    # Presets
    "A smoothing preset has no {0}.": "Eine Glättungsvorlage hat kein {0}.",
    "A smoothing preset holds numbers, a mode and strengths.":
        "Eine Glättungsvorlage enthält Zahlen, einen Modus und Stärken.",
    "A smoothing strength is 0 or more.": "Eine Stärke der Glättung ist 0 oder mehr.",
    "Foot lock is on or off: true or false.":
        "Der Fußhalt ist an oder aus: true oder false.",
    "Smoothing knows no body part {0}; it knows {1}.":
        "Die Glättung kennt keinen Körperteil {0}; sie kennt {1}.",
    "Smoothing needs cut-offs above 0 Hz and a speed response of 0 or more.":
        "Die Glättung braucht Grenzen über 0 Hz und eine Tempo-Antwort von 0 oder mehr.",
    "The smoothing mode is {0}, not one of {1}.":
        "Der Modus der Glättung ist {0}, nicht einer von {1}.",
    "SMPL has no joint {0}": "SMPL hat kein Gelenk {0}",
    "bone_axes of {0} cannot be {1}": "bone_axes von {0} kann nicht {1} sein",
    "every bone needs a name of its own": "jeder Knochen braucht einen eigenen Namen",
    "it is no JSON file": "es ist keine JSON-Datei",
    "it needs label, format and suffix, and has no keys of other names":
        "es braucht label, format und suffix, und keine anderen Schlüssel",
    "suffix is to end with {0}": "suffix muss auf {0} enden",
    "{0} cannot be {1}": "{0} kann nicht {1} sein",
    "{0} is not a JSON file.": "{0} ist keine JSON-Datei.",
    "{0} is not a smoothing preset.": "{0} ist keine Glättungsvorlage.",
    "{0} is one of {1}": "{0} ist eines von {1}",
    "{0} is to lie between a joint and the next of its chain":
        "{0} muss zwischen einem Gelenk und dem nächsten seiner Kette liegen",
}  # fmt: skip
