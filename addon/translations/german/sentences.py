"""Errors, and what tasks are called, do and come to. Places for names and figures are numbered."""

SENTENCES = {
    # Tasks
    "Cancelled": "Abgebrochen",
    "Cancelling": "Wird abgebrochen",
    "Check": "Prüfung",
    "Done": "Fertig",
    "Failed": "Gescheitert",
    "Running": "Läuft",
    "Set-up": "Einrichtung",
    "Waiting": "Wartet",
    "starting": "beginnt",
    "finding people": "sucht Personen",
    "fitting person {0}": "passt Person {0} an",
    "Ready: it comes in when you are in Object Mode.":
        "Fertig: wird eingefügt, sobald der Objektmodus an ist.",
    # Set-up
    "Blender {0} as a Python module (370 MB)": "Blender {0} als Python-Modul (370 MB)",
    "Body": "Körper",
    "Networks that find people (36 MB)": "Netze, die Personen finden (36 MB)",
    "PyTorch": "PyTorch",
    "Python {0}.{1} environment": "Umgebung mit Python {0}.{1}",
    "Video, image and network libraries (230 MB)":
        "Bibliotheken für Video, Bild und Netze (230 MB)",
    "Python environment": "Python-Umgebung",
    "networks": "Netze",
    "body": "Körper",
    "Set OneTake up first, below: once, a few minutes.":
        "Zuerst unten OneTake einrichten: einmal, ein paar Minuten.",
    "Set-up downloads the backend, and Blender is not allowed online: allow it in Preferences, "
    "System, Network, or name a folder of wheels or an existing environment in the add-on's "
    "preferences.":
        "Das Einrichten lädt das Backend herunter, und Blender darf nicht ins Netz: in den "
        "Einstellungen unter System, Netzwerk erlauben, oder in denen des Add-ons einen Ordner "
        "mit Wheels oder eine vorhandene Umgebung angeben.",
    "OneTake is not set up yet (missing: {0}): press Set Up in the OneTake tab of the sidebar.":
        "OneTake ist noch nicht eingerichtet (es fehlt: {0}): in der Seitenleiste unter OneTake "
        "auf Einrichten drücken.",
    "OneTake is not set up yet ({0}): press Set Up.":
        "OneTake ist noch nicht eingerichtet ({0}): auf Einrichten drücken.",
    "OneTake is set up first: once, a few minutes":
        "OneTake wird zuerst eingerichtet: einmal, ein paar Minuten",
    # The backend
    "It was cancelled.": "Es wurde abgebrochen.",
    "The backend {0} before it was done: start again to go on from there; a full memory is the "
    "likeliest cause, the log may tell more.":
        "Das Backend {0}, ehe es fertig war: neu starten, um dort weiterzumachen; am ehesten war "
        "der Speicher voll, mehr weiß vielleicht das Protokoll.",
    "was ended by signal {0}": "wurde durch Signal {0} beendet",
    "ended with status {0}": "endete mit Status {0}",
    "There is no such job any more: it ended meanwhile.":
        "Diese Aufgabe gibt es nicht mehr: sie ist inzwischen zu Ende.",
    "{0} cannot be started: {1}; set up again.":
        "{0} lässt sich nicht starten: {1}; neu einrichten.",
    "{0} cannot be written: {1}; choose another data folder in the add-on's preferences.":
        "{0} lässt sich nicht schreiben: {1}; in den Einstellungen des Add-ons einen anderen "
        "Datenordner wählen.",
    # Import
    "Nobody is there to ask: give the numbers of the people.":
        "Niemand kann gefragt werden: die Nummern der Personen angeben.",
    "The range's last frame comes before its first: raise it.":
        "Das letzte Bild des Bereichs liegt vor dem ersten: höher wählen.",
    "The scene has no perspective camera to take the lens from: make one active, or choose another "
    "lens.":
        "Die Szene hat keine perspektivische Kamera, deren Objektiv gelten könnte: eine aktiv "
        "machen, oder ein anderes Objektiv wählen.",
    "The take was made with another version of the {0} body; convert it again.":
        "Die Aufnahme entstand mit einer anderen Fassung des Körpers {0}; neu umwandeln.",
    "The take was made with the {0} body, not with {1}: convert it again.":
        "Die Aufnahme entstand mit dem Körper {0}, nicht mit {1}: neu umwandeln.",
    "There is no video at {0}: choose another.": "Bei {0} ist kein Video: ein anderes wählen.",
    "{0} is no video that Blender reads: import it without a frame range.":
        "{0} ist kein Video, das Blender liest: ohne Bildbereich importieren.",
    "{0} is one of {1}, not {2}.": "{0} ist eines von {1}, nicht {2}.",
    "{0}; import {1} again.": "{0}; {1} noch einmal importieren.",
    "Choose somebody to import.": "Jemanden zum Importieren auswählen.",
    "Open a video in the movie clip editor first.":
        "Zuerst im Film-Clip-Editor ein Video öffnen.",
    "Select a movie strip of the sequencer first.":
        "Zuerst im Sequenzer einen Filmstreifen auswählen.",
    "Select the armature that the motion is for.":
        "Das Skelett auswählen, für das die Bewegung ist.",
    "There is no {0} in the scene any more: import onto another armature.":
        "{0} gibt es in der Szene nicht mehr: auf ein anderes Skelett importieren.",
    "{0} does not rest in SMPL's T-pose (its {1} {2} lies elsewhere): retarget to it instead.":
        "{0} ruht nicht in der T-Pose von SMPL ({1} {2} liegt anders): stattdessen "
        "Retarget verwenden.",
    "{0} has no bone for SMPL's {1}: select a character of OneTake's or an armature with "
    "SMPL's joint names.":
        "{0} hat keinen Knochen für {1} von SMPL: eine Figur von OneTake oder ein "
        "Skelett mit den Gelenknamen von SMPL auswählen.",
    "{0} is not in the scene {1}.": "{0} ist nicht in der Szene {1}.",
    "{0} of {1} does not hang on SMPL's {2}: retarget to it instead.":
        "{0} von {1} hängt nicht an {2} von SMPL: stattdessen Retarget verwenden.",
    "The OneTake tab of the viewport's sidebar shows the progress.":
        "Den Fortschritt zeigt die Seitenleiste der 3D-Ansicht unter OneTake.",
    # Jobs and set-up
    "Blender is not allowed online yet. Without the network: name a folder of wheels or "
    "an existing environment in the preferences.":
        "Blender darf noch nicht ins Netz. Ohne Netz: in den Einstellungen einen Ordner "
        "mit Wheels oder eine vorhandene Umgebung angeben.",
    # Characters
    "{0} was not made by OneTake: its body is its own.":
        "{0} wurde nicht von OneTake gemacht: der Körper bleibt, wie er ist.",
    "{0} was not made by OneTake: its shape is its own.":
        "{0} wurde nicht von OneTake gemacht: die Gestalt bleibt, wie sie ist.",
    "Select a character that OneTake made.": "Eine Figur auswählen, die OneTake gemacht hat.",
    "The keys of {0} were edited by hand: keep the edits on a layer of their own, or discard them.":
        "Die Schlüsselbilder von {0} wurden von Hand geändert: die Änderungen auf einer eigenen "
        "Ebene behalten, oder verwerfen.",
    "The motion kept in {0} is damaged; import it again.":
        "Die in {0} aufgehobene Bewegung ist beschädigt; noch einmal importieren.",
    "This body has no direction for its height: use the others.":
        "Dieser Körper hat keine Richtung für seine Größe: die anderen verwenden.",
    "{0} has no keys to put a layer over: discard the edits first.":
        "{0} hat keine Schlüsselbilder für eine Ebene darüber: zuerst die Änderungen verwerfen.",
    "{0} plays {1}: push that down first, then try again.":
        "{0} spielt {1}: das zuerst in den NLA-Editor schieben, dann noch einmal versuchen.",
    "{0} was not made by OneTake: select a character that was.":
        "{0} ist nicht von OneTake: eine Figur auswählen, die es ist.",
    # Bodies
    "OneTake's own body is not there: press Set Up.":
        "OneTakes eigener Körper fehlt: auf Einrichten drücken.",
    "Set OneTake up first, then choose this file again: the backend reads it.":
        "Zuerst OneTake einrichten, dann diese Datei noch einmal wählen: das Backend liest sie.",
    "body is one of onetake, {0}, not {1}.":
        "body ist onetake oder eines von {0}, nicht {1}.",
    "{0} is damaged: set up again, or choose the body's file again.":
        "{0} ist beschädigt: neu einrichten oder die Datei des Körpers noch einmal wählen.",
    "Body: {0}": "Körper: {0}",
    "Only the official body has pose correctives: give {0} that first.":
        "Nur der offizielle Körper hat Posenkorrekturen: {0} zuerst diesen geben.",
    "Choose the file that {0} was made of in the add-on's preferences first.":
        "Zuerst in den Einstellungen des Add-ons die Datei wählen, aus der {0} gemacht wurde.",
    "SMPL Female": "SMPL weiblich",
    "SMPL Male": "SMPL männlich",
    "SMPL Neutral": "SMPL neutral",
    "Choose the file of {0} in the add-on's preferences first.":
        "Zuerst in den Einstellungen des Add-ons die Datei für {0} wählen.",
    "There is no file at {0}: choose another.": "Bei {0} ist keine Datei: eine andere wählen.",
    "Reading this file was stopped: choose it again.":
        "Das Lesen dieser Datei wurde abgebrochen: noch einmal wählen.",
    # Retarget
    "Choose the armature that the motion goes to.":
        "Das Skelett wählen, auf das die Bewegung kommt.",
    "Choose the bones for: {0}.": "Knochen wählen für: {0}.",
    "Chosen more than once: {0}.": "Mehr als einmal gewählt: {0}.",
    "Select a bone of {0} first.": "Zuerst einen Knochen von {0} auswählen.",
    "The keys of {0} were edited by hand: retarget again to replace them, or duplicate "
    "the action to keep them.":
        "Die Schlüsselbilder von {0} wurden von Hand geändert: noch einmal backen, um sie zu "
        "ersetzen, oder die Aktion duplizieren, um sie zu behalten.",
    "The rest pose of that armature is no standing person.":
        "Die Ruhepose dieses Skeletts ist keine stehende Person.",
    "The table is empty: add a row first.":
        "Die Tabelle ist leer: zuerst eine Zeile hinzufügen.",
    "There is no retarget preset called {0}.": "Es gibt keine Retarget-Vorlage namens {0}.",
    "{0} has no keys to follow.": "{0} hat keine Schlüsselbilder, denen zu folgen wäre.",
    "{0} is linked: make a library override of it first.":
        "{0} ist verknüpft: zuerst eine Bibliotheksüberschreibung daraus machen.",
    "{0} is no retarget preset: {1}.": "{0} ist keine Retarget-Vorlage: {1}.",
    "Pelvis": "Becken",
    "Left Foot": "Linker Fuß",
    "Left Forearm": "Linker Unterarm",
    "Left Shin": "Linker Unterschenkel",
    "Left Thigh": "Linker Oberschenkel",
    "Left Upper Arm": "Linker Oberarm",
    "Right Foot": "Rechter Fuß",
    "Right Forearm": "Rechter Unterarm",
    "Right Shin": "Rechter Unterschenkel",
    "Right Thigh": "Rechter Oberschenkel",
    "Right Upper Arm": "Rechter Oberarm",
    # Export
    "AMASS files end with .npz.": "AMASS-Dateien enden auf .npz.",
    "Save the .blend first, or choose a folder for the files.":
        "Zuerst die .blend-Datei speichern oder einen Ordner für die Dateien wählen.",
    "There is no folder {0}; make it or choose another.":
        "Es gibt keinen Ordner {0}; anlegen oder einen anderen wählen.",
    "This Blender cannot write {0}: enable its add-on in Preferences, or use a Blender "
    "from blender.org.":
        "Dieses Blender kann {0} nicht schreiben: in den Einstellungen das Add-on dafür "
        "einschalten oder ein Blender von blender.org verwenden.",
    "{0} has no body, and Alembic holds nothing else.":
        "{0} hat keinen Körper, und Alembic enthält nichts anderes.",
    # Presets and files
    "There is no export preset {0}; choose {1}.":
        "Es gibt keine Export-Vorlage {0}; {1} stehen zur Wahl.",
    "Two of the export presets write {0}: choose one of them.":
        "Zwei der Export-Vorlagen schreiben {0}: eine davon wählen.",
    "{0} is no export preset: {1}.": "{0} ist keine Export-Vorlage: {1}.",
    "Give the preset a name first.": "Der Vorlage zuerst einen Namen geben.",
    "The preset could not be written: {0}; make room or choose another name.":
        "Die Vorlage ließ sich nicht schreiben: {0}; Platz schaffen oder anders benennen.",
    "{0} cannot be read: {1}; choose another preset.":
        "{0} lässt sich nicht lesen: {1}; eine andere Vorlage wählen.",
    "{0} could not be written: {1}.": "{0} ließ sich nicht schreiben: {1}.",
    "{0} is a preset of OneTake: choose another name.":
        "{0} ist eine Vorlage von OneTake: einen anderen Namen wählen.",
    "{0} is no preset of your own: only those can be removed.":
        "{0} ist keine eigene Vorlage: nur solche lassen sich entfernen.",
    "{0}: {1}": "{0}: {1}",
}  # fmt: skip
