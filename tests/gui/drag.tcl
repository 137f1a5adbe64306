# A window in the screen's lower right corner that a file can be dragged out of: argument 1 is it.
# It goes when standard input closes.
package require tkdnd
wm overrideredirect . 1
wm geometry . 40x40-0-0
pack [label .file -text FILE] -expand 1 -fill both
tkdnd::drag_source register .file DND_Files
bind .file <<DragInitCmd>> {list copy DND_Files [list [lindex $argv 0]]}
fileevent stdin readable exit
update
puts shown
flush stdout
