"""Tooltips, and why a button is grey."""

TOOLTIPS = {
    # Import
    "A fit of the body to the landmarks; needs no training":
        "Passt den Körper an die Landmarken an; braucht kein Training",
    "A trained network, polished onto the landmarks":
        "Ein trainiertes Netz, danach an die Landmarken angepasst",
    "Everybody who is seen well enough": "Alle, die gut genug zu sehen sind",
    "First frame of the video, counted from 1": "Erstes Bild des Videos, von 1 an gezählt",
    "For research: after Pittner and Starlinger":
        "Für die Forschung: nach Pittner und Starlinger",
    "For research: after Sun et al.": "Für die Forschung: nach Sun et al.",
    "For research: after Varga and Véges": "Für die Forschung: nach Varga und Véges",
    "For research: after Zhou et al.": "Für die Forschung: nach Zhou et al.",
    "For research: the decomposed motion prior":
        "Für die Forschung: die zerlegte Vorannahme über Bewegung",
    "For a first look": "Für einen ersten Blick",
    "For most clips": "Für die meisten Videos",
    "Horizontal field of view of the video's lens":
        "Waagrechtes Blickfeld des Objektivs, mit dem gefilmt wurde",
    "How the focal length of the video is known": "Woher die Brennweite des Videos bekannt ist",
    "Last frame of the video": "Letztes Bild des Videos",
    "Only the most prominent person": "Nur die auffälligste Person",
    "Six looks at each person, at a fifth of the speed":
        "Sieht jede Person sechsmal an, mit einem Fünftel des Tempos",
    "The field of view of the scene's active camera":
        "Das Blickfeld der aktiven Kamera der Szene",
    "The horizontal field of view given here": "Das hier angegebene waagrechte Blickfeld",
    "The scene's frame rate; the motion keeps its true speed in each case":
        "Die Bildrate der Szene; die Bewegung behält in jedem Fall ihr wahres Tempo",
    "The scene's stays; keys may lie between whole frames":
        "Die der Szene bleibt; Schlüsselbilder können zwischen ganzen Bildern liegen",
    "The video to import": "Das Video, das importiert wird",
    "The video's, unless the scene is animated already":
        "Die des Videos, außer wenn in der Szene schon etwas animiert ist",
    "The video's; what is animated already changes its speed":
        "Die des Videos; was schon animiert ist, ändert sein Tempo",
    "Time against accuracy": "Zeit gegen Genauigkeit",
    "Turn the people in a video into animated characters. Blender stays usable meanwhile":
        "Macht aus den Personen eines Videos animierte Figuren. Blender bleibt dabei bedienbar",
    "Use a part of the video only": "Nur einen Teil des Videos verwenden",
    "What the file tells, else a usual lens":
        "Was die Datei angibt, sonst ein übliches Objektiv",
    "What turns landmarks in the picture into motion":
        "Was aus Landmarken im Bild Bewegung macht",
    "Whom to make a character of": "Aus wem eine Figur wird",
    "A new character for each person": "Eine neue Figur für jede Person",
    "Blender is allowed online for it": "Blender darf dafür ins Netz",
    "Frame of the scene at which the video's first frame lies":
        "Bild der Szene, bei dem das erste Bild des Videos liegt",
    "Its own; the way it goes is scaled by the length of its legs":
        "Ihre eigene; ihr Weg folgt der Länge ihrer Beine",
    "Let the video start at a frame of the scene other than its first":
        "Das Video bei einem anderen als dem ersten Bild der Szene beginnen lassen",
    "Make characters of the people that are ticked":
        "Aus den angehakten Personen Figuren machen",
    "That of the person in the video, on a character of OneTake's":
        "Die der Person im Video, bei einer Figur von OneTake",
    "The active armature, a character of OneTake's or one with SMPL's joint names, gets "
    "the first person's motion as a new action; further people become characters":
        "Das aktive Skelett, eine Figur von OneTake oder eines mit den Gelenknamen von "
        "SMPL, bekommt die Bewegung der ersten Person als neue Aktion; weitere Personen "
        "werden Figuren",
    "Those whom you choose from pictures, once they are found":
        "Wer auf Bildern ausgewählt wird, sobald alle gefunden sind",
    "Turn the people in this clip into animated characters, in time with the clip":
        "Aus den Personen in diesem Clip animierte Figuren machen, im Takt des Clips",
    "Turn the people in this movie strip into animated characters, in time with the strip":
        "Aus den Personen in diesem Filmstreifen animierte Figuren machen, im Takt des "
        "Streifens",
    "Whether this person becomes a character": "Ob diese Person eine Figur wird",
    "Which shape the target has then": "Welche Gestalt das Ziel dann hat",
    "Who gets the motion": "Wer die Bewegung bekommt",
    # Jobs and set-up
    "A Python environment that holds the backend's requirements already, to use in place of one "
    "that set-up makes":
        "Eine Python-Umgebung, in der schon ist, was das Backend braucht, statt einer, die das "
        "Einrichten anlegt",
    "Delete what was kept of this import": "Löscht, was von diesem Import aufgehoben wurde",
    "Go on with this import, into the current scene":
        "Setzt diesen Import in der aktuellen Szene fort",
    "Install what OneTake needs into its own folder. Can be cancelled, and goes on from there":
        "Installiert in einen eigenen Ordner, was OneTake braucht. Kann abgebrochen werden und "
        "geht dann von dort weiter",
    "Open the add-on's preferences": "Öffnet die Einstellungen des Add-ons",
    "Open the logs of set-up and backend in a text editor":
        "Öffnet die Protokolle von Einrichtung und Backend in einem Texteditor",
    "Remove this message": "Entfernt diese Meldung",
    "Stop this job within a second. Finished stages are kept: starting again goes on from them":
        "Beendet diese Aufgabe binnen einer Sekunde. Fertige Schritte bleiben: ein neuer Anfang "
        "setzt bei ihnen fort",
    "Take a sample video through the networks: whether OneTake works here, and how fast":
        "Schickt ein Beispielvideo durch die Netze: ob OneTake hier läuft, und wie schnell",
    "Videos that become animation: the import, and what is under way":
        "Videos, die Animation werden: der Import, und was in Arbeit ist",
    "What OneTake needs on this machine, and what of it is there":
        "Was OneTake auf diesem Rechner braucht, und was davon da ist",
    "Where set-up finds the packages it installs, so that it needs no network":
        "Wo das Einrichten die Pakete findet, die es installiert, so dass es kein Netz braucht",
    "Where the backend, its networks and the takes are kept; empty for the add-on's own folder":
        "Wo Backend, Netze und Aufnahmen liegen; leer für den eigenen Ordner des Add-ons",
    "What OneTake runs on, and a check of it": "Worauf OneTake läuft, und eine Prüfung davon",
    # Character
    "Give the scene the video's frame rate; other animation in it changes its speed":
        "Gibt der Szene die Bildrate des Videos; andere Animation darin ändert ihr Tempo",
    "Keys move, so that the motion keeps its speed in this scene":
        "Schlüsselbilder rücken, damit die Bewegung in dieser Szene ihr Tempo behält",
    "Leave the way over the ground out: the character moves on the spot":
        "Lässt den Weg über den Boden weg: die Figur bewegt sich auf der Stelle",
    "Let the motion and its video play at their true speed":
        "Lässt Bewegung und Video in ihrem wahren Tempo spielen",
    "Make the take's keys again what they were before they were edited by hand":
        "Macht von Hand geänderte Schlüsselbilder wieder zu dem, was sie waren",
    "Move the keys so that the motion keeps its true speed at the scene's frame rate":
        "Rückt die Schlüsselbilder so, dass das Tempo bei der Bildrate der Szene stimmt",
    "Play the take's action from a track of the nonlinear animation editor":
        "Spielt die Aktion der Aufnahme aus einer Spur des NLA-Editors",
    "Put a layer over the take's motion: edits by hand move onto it, further ones go there":
        "Legt eine Ebene über die Bewegung: Änderungen von Hand ziehen dorthin um, weitere kommen "
        "dazu",
    "Put the character's first step at the 3D cursor; its own camera comes along":
        "Stellt den ersten Schritt der Figur an den 3D-Cursor; ihre eigene Kamera kommt mit",
    "Select a character that OneTake made": "Eine Figur auswählen, die OneTake gemacht hat",
    "Select a character whose take is its active action":
        "Eine Figur auswählen, deren Aufnahme die aktive Aktion ist",
    "The scene gets the frame rate of the video": "Die Szene bekommt die Bildrate des Videos",
    "Where the selected character is and how fast it plays":
        "Wo die ausgewählte Figur steht und wie schnell sie spielt",
    "Whose frame rate counts": "Wessen Bildrate gilt",
    # Smoothing
    "Hertz that limbs at rest may shiver with: lower is calmer (min_cutoff)":
        "Mit wie viel Hertz ruhende Glieder zittern dürfen: weniger ist ruhiger (min_cutoff)",
    "How much of fast motion is left alone: higher keeps kicks and throws crisp (beta, in hertz "
    "per radian a second)":
        "Wie viel von schneller Bewegung bleibt: mehr hält Tritte und Würfe knackig (beta, in "
        "Hertz je Radiant pro Sekunde)",
    "How much shiver is taken out of the selected character's motion":
        "Wie viel Zittern aus der Bewegung der ausgewählten Figur genommen wird",
    "Keep feet that stand where they stand; legs and pelvis follow":
        "Hält stehende Füße, wo sie stehen; Beine und Becken folgen",
    "Keep the character's smoothing as a preset of your own":
        "Hebt die Glättung der Figur als eigene Vorlage auf",
    "Keep the character's smoothing as a preset of your own, or remove one of them":
        "Hebt die Glättung der Figur als eigene Vorlage auf, oder entfernt eine",
    "Looks ahead as well as back: calm, and nothing comes late":
        "Blickt vor und zurück: ruhig, und nichts kommt zu spät",
    "Looks back only, as live capture must: fast motion comes a little late":
        "Blickt nur zurück, wie es live sein muss: schnelle Bewegung kommt etwas zu spät",
    "More or less smoothing for single parts of the body":
        "Mehr oder weniger Glättung für einzelne Körperteile",
    "Remove this preset of your own": "Entfernt diese eigene Vorlage",
    "Settings for kinds of motion, and your own":
        "Einstellungen für Arten von Bewegung, und eigene",
    "Show the motion after smoothing; switched off, as it was estimated":
        "Zeigt die Bewegung nach der Glättung; ausgeschaltet so, wie sie geschätzt wurde",
    "Smooth the character as this preset says": "Glättet die Figur so, wie diese Vorlage angibt",
    "Smoothing of ankles and toes beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Knöcheln und Zehen neben der des Rests: 0 für keine, 2 für doppelt so lang",
    "Smoothing of hips and knees beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Hüften und Knien neben der des Rests: 0 für keine, 2 für doppelt so lang",
    "Smoothing of neck and head beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Hals und Kopf neben der des Rests: 0 für keine, 2 für doppelt so lang",
    "Smoothing of shoulders and elbows beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Schultern und Ellbogen neben der des Rests: 0 für keine, 2 für doppelt so "
        "lang",
    "Smoothing of spine and collar bones beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Wirbelsäule und Schlüsselbeinen neben der des Rests: 0 für keine, 2 für "
        "doppelt so lang",
    "Smoothing of the turn of the whole body beside that of the rest: 0 for none, 2 for twice as "
    "long":
        "Glättung der Drehung des ganzen Körpers neben der des Rests: 0 für keine, 2 für doppelt "
        "so lang",
    "Smoothing of the way of the whole body beside that of the rest: 0 for none, 2 for twice as "
    "long":
        "Glättung des Wegs des ganzen Körpers neben der des Rests: 0 für keine, 2 für doppelt so "
        "lang",
    "Smoothing of wrists and hands beside that of the rest: 0 for none, 2 for twice as long":
        "Glättung von Handgelenken und Händen neben der des Rests: 0 für keine, 2 für doppelt so "
        "lang",
    "The equations as printed: limbs may flip where angles jump":
        "Die Gleichungen wie gedruckt: Glieder können umschlagen, wo Winkel springen",
    "The file that holds the preset": "Die Datei mit der Vorlage",
    "What the present setting leaves of the jitter, and of the motion itself":
        "Was die jetzige Einstellung vom Zittern lässt, und was von der Bewegung selbst",
    "What the preset is called": "Wie die Vorlage heißt",
    "Whether smoothing may look ahead": "Ob die Glättung nach vorn blicken darf",
    # Shape
    "From the soles to the crown; proportions stay": "Von der Sohle zum Scheitel; Maße bleiben",
    "Give the character the shape again that the video showed":
        "Gibt der Figur wieder die Gestalt, die das Video zeigte",
    "Height and build of the selected character": "Größe und Bau der ausgewählten Figur",
    "Standard deviations from the average body in one direction of its shape. Armature, mesh and "
    "keys follow, and feet stay on the floor":
        "Standardabweichungen vom mittleren Körper in einer Richtung der Gestalt. Skelett, Mesh "
        "und Schlüsselbilder folgen, und die Füße bleiben am Boden",
    # Bodies
    "The official female body, from its file":
        "Der offizielle weibliche Körper, aus seiner Datei",
    "The official male body, from its file":
        "Der offizielle männliche Körper, aus seiner Datei",
    "The official neutral body, from its file":
        "Der offizielle neutrale Körper, aus seiner Datei",
    "The neutral SMPL body, .pkl or .npz as its authors give it to you under their "
    "licence. It is read by the backend; nothing that it contains is run":
        "Die Datei des neutralen SMPL-Körpers, .pkl oder .npz, wie seine Urheber sie "
        "unter ihrer Lizenz herausgeben. Das Backend liest sie; nichts darin wird "
        "ausgeführt",
    "The male SMPL body, .pkl or .npz as its authors give it to you under their licence. "
    "It is read by the backend; nothing that it contains is run":
        "Die Datei des männlichen SMPL-Körpers, .pkl oder .npz, wie seine Urheber sie "
        "unter ihrer Lizenz herausgeben. Das Backend liest sie; nichts darin wird "
        "ausgeführt",
    "The female SMPL body, .pkl or .npz as its authors give it to you under their "
    "licence. It is read by the backend; nothing that it contains is run":
        "Die Datei des weiblichen SMPL-Körpers, .pkl oder .npz, wie seine Urheber sie "
        "unter ihrer Lizenz herausgeben. Das Backend liest sie; nichts darin wird "
        "ausgeführt",
    "Give the character OneTake's own body again; its mesh is replaced":
        "Der Figur wieder OneTakes eigenen Körper geben; ihr Mesh wird ersetzt",
    "Give the character the official SMPL body; its mesh is replaced, bones keep their lengths":
        "Der Figur den offiziellen SMPL-Körper geben; ihr Mesh wird ersetzt, die Knochen "
        "behalten ihre Längen",
    "Let the skin bulge and crease with the pose, as SMPL's authors measured it: 207 shape "
    "keys that follow the bones. Exported files leave them out":
        "Die Haut mit der Pose wölben und falten, wie die Urheber von SMPL es gemessen haben: 207 "
        "Formschlüssel, die den Knochen folgen. Exportierte Dateien lassen sie weg",
    "OneTake's own body, or the official one": "OneTakes eigener Körper oder der offizielle",
    "OneTake's own, free for every use": "OneTakes eigener, frei für jeden Zweck",
    "Which body new characters have": "Welchen Körper neue Figuren haben",
    "Which one": "Welcher",
    # Retarget
    "Add a row, for a further bone of the same part":
        "Zeile hinzufügen, für einen weiteren Knochen desselben Teils",
    "Bake again whenever smoothing or shape of the character change":
        "Neu backen, sobald sich Glättung oder Gestalt der Figur ändern",
    "Bake the character's motion to a new action of the rig":
        "Die Bewegung der Figur in eine neue Aktion des Rigs backen",
    "Bend the arms so that hands are as high over the floor as in the video, for tables "
    "and handrails; arms no longer point exactly as the source's":
        "Die Arme so beugen, dass die Hände so hoch über dem Boden sind wie im Video, "
        "für Tische und Geländer; die Arme zeigen dann nicht mehr genau wie bei der "
        "Quelle",
    "Carries the whole body": "Trägt den ganzen Körper",
    "Change the table of bones": "Die Knochentabelle ändern",
    "Collar bone": "Schlüsselbein",
    "Control of the toes while the leg is on IK":
        "Steuert die Zehen, solange das Bein auf IK steht",
    "Control that the elbow points to": "Steuerung, zu der der Ellbogen zeigt",
    "Control that the hand's IK reaches for": "Steuerung, nach der die IK der Hand greift",
    "Control that the knee points to": "Steuerung, zu der das Knie zeigt",
    "Control that the leg's IK reaches for": "Steuerung, nach der die IK des Beins greift",
    "Delete the preset of your own that the table came from; the table stays":
        "Die eigene Vorlage löschen, aus der die Tabelle kam; die Tabelle bleibt",
    "Feet that stand stay on the floor where they are; legs and pelvis follow":
        "Füße, die stehen, bleiben, wo sie am Boden sind; Beine und Becken folgen",
    "Fill the table with this preset": "Die Tabelle mit dieser Vorlage füllen",
    "First bones from index to little finger: they tell how the palm lies, and are not keyed":
        "Erste Knochen vom Zeige- bis zum kleinen Finger: sie zeigen, wie die Handfläche "
        "liegt, und bekommen keine Schlüsselbilder",
    "Follows this part of the body": "Folgt diesem Teil des Körpers",
    "From the lowest up, as many as there are": "Von unten nach oben, so viele es gibt",
    "Keep the table as a preset of your own": "Die Tabelle als eigene Vorlage behalten",
    "Let the rig follow by constraints, which you can mute, weigh and edit; nothing is baked":
        "Das Rig über Beschränkungen folgen lassen, die stumm geschaltet, gewichtet und "
        "bearbeitet werden können; nichts wird gebacken",
    "Let the rig go: constraints are removed, a baked action stays but follows no more":
        "Das Rig lösen: Beschränkungen werden entfernt, eine gebackene Aktion bleibt, folgt "
        "aber nicht mehr",
    "Let the root bone carry the way over the ground, as game engines want it":
        "Den Wurzelknochen den Weg über den Boden tragen lassen, wie Spiele-Engines es wollen",
    "On the floor; can carry the way over the ground":
        "Am Boden; kann den Weg über den Boden tragen",
    "Remove the row": "Die Zeile entfernen",
    "Take the bone that is active on the rig": "Den Knochen nehmen, der am Rig aktiv ist",
    "Takes its share of the hand's twist": "Nimmt seinen Teil der Drehung der Hand",
    "The armature that the motion goes to": "Das Skelett, auf das die Bewegung kommt",
    "The bone of the rig; empty to leave it alone":
        "Der Knochen des Rigs; leer, um ihn in Ruhe zu lassen",
    "The motion on a rig of your own": "Die Bewegung auf einem eigenen Rig",
    "The part of the body that the bone follows":
        "Der Teil des Körpers, dem der Knochen folgt",
    "The preset's JSON file": "Die JSON-Datei der Vorlage",
    "What happens to the active row": "Was mit der aktiven Zeile geschieht",
    "Which bone of the rig stands for which part of the body":
        "Welcher Knochen des Rigs für welchen Teil des Körpers steht",
    "Select a character that OneTake made, and choose a rig for it":
        "Eine Figur auswählen, die OneTake gemacht hat, und ein Rig für sie",
    # Export
    "A bone on the floor under the pelvis": "Ein Knochen am Boden unter dem Becken",
    "A root bone where the program wants one":
        "Ein Wurzelknochen, wo das Programm einen will",
    "Arms 45 degrees down, legs plumb": "Arme 45 Grad gesenkt, Beine lotrecht",
    "Arms level, legs plumb": "Arme waagrecht, Beine lotrecht",
    "Files for game engines and other programs":
        "Dateien für Spiele-Engines und andere Programme",
    "Nothing does: the character stays over the origin":
        "Nichts: die Figur bleibt über dem Ursprung",
    "The pose of the skeleton without its animation":
        "Die Pose des Skeletts ohne seine Animation",
    "The program that the file is for": "Das Programm, für das die Datei ist",
    "The rest that the character has here": "Die Ruhepose, die die Figur hier hat",
    "What carries the character over the ground": "Was die Figur über den Boden trägt",
    "What suits the program": "Was zum Programm passt",
    "Where the files go; // is the folder of this .blend":
        "Wohin die Dateien kommen; // ist der Ordner dieser .blend-Datei",
    "Write the selected characters, each to a file of its own":
        "Die ausgewählten Figuren schreiben, jede in eine eigene Datei",
}  # fmt: skip
