# What Godot makes of files: godot --headless --script godot_reader.gd -- JOB.json
# JOB: a list of {"file", "times", "rate", "out"}. Each OUT.json: bones (names and rest), takes, and
# for each time the bones' global matrices; meshes with bones, weights and binds.
extends SceneTree

func _initialize() -> void:
	_work.call_deferred()

func _work() -> void:
	var job_path := OS.get_cmdline_user_args()[0]
	for job in JSON.parse_string(FileAccess.get_file_as_string(job_path)):
		var said := await _read(job)
		var out := FileAccess.open(job["out"] + ".json", FileAccess.WRITE)
		out.store_string(JSON.stringify(said))
		out.close()
	var profile := SkeletonProfileHumanoid.new()
	var rests := {}
	for index in profile.bone_size:
		rests[profile.get_bone_name(index)] = [
			profile.get_bone_parent(index), _numbers(profile.get_reference_pose(index))]
	var file := FileAccess.open(job_path + ".profile.json", FileAccess.WRITE)
	file.store_string(JSON.stringify(rests))
	file.close()
	quit(0)

func _read(job: Dictionary) -> Dictionary:
	var is_fbx: bool = job["file"].ends_with(".fbx")
	var document: GLTFDocument = FBXDocument.new() if is_fbx else GLTFDocument.new()
	var state: GLTFState = FBXState.new() if is_fbx else GLTFState.new()
	var status := document.append_from_file(job["file"], state)
	if status != OK:
		return {"error": error_string(status)}
	var scene := document.generate_scene(state, job["rate"], false, false)
	if scene == null:
		return {"error": "no scene"}
	root.add_child(scene)
	await process_frame
	var skeletons := scene.find_children("*", "Skeleton3D", true, false)
	var players := scene.find_children("*", "AnimationPlayer", true, false)
	if skeletons.size() != 1 or players.size() != 1:
		return {"error": "%d skeletons, %d players" % [skeletons.size(), players.size()]}
	var skeleton: Skeleton3D = skeletons[0]
	var player: AnimationPlayer = players[0]
	var takes := {}
	for name in player.get_animation_list():
		takes[name] = [0.0, player.get_animation(name).length]
	var names := []
	var rests := []
	var parents := []
	for bone in skeleton.get_bone_count():
		names.append(skeleton.get_bone_name(bone))
		rests.append(_numbers(skeleton.get_bone_global_rest(bone)))
		parents.append(skeleton.get_bone_parent(bone))
	var frames := []
	for time in job["times"]:
		player.play(player.get_animation_list()[0])
		player.seek(time, true)
		skeleton.force_update_all_bone_transforms()
		var matrices := []
		for bone in skeleton.get_bone_count():
			matrices.append(_numbers(skeleton.global_transform * skeleton.get_bone_global_pose(bone)))
		frames.append(matrices)
	var meshes := []
	# In an editor's build, which Debian's is, the scene still has what the importer makes first.
	for kind in ["MeshInstance3D", "ImporterMeshInstance3D"]:
		for node in scene.find_children("*", kind, true, false):
			meshes.append_array(_surfaces(node, skeleton))
	scene.queue_free()
	return {"names": names, "rests": rests, "parents": parents, "takes": takes,
		"frames": frames, "meshes": meshes}

func _surfaces(node: Node3D, skeleton: Skeleton3D) -> Array:
	var binds := []
	for bind in node.skin.get_bind_count():
		var bone: int = node.skin.get_bind_bone(bind)
		if bone < 0:
			bone = skeleton.find_bone(node.skin.get_bind_name(bind))
		binds.append([bone, _numbers(node.skin.get_bind_pose(bind))])
	var found := []
	for surface in node.mesh.get_surface_count():
		var arrays: Array = (node.mesh.get_surface_arrays(surface)
			if node.mesh is ImporterMesh else node.mesh.surface_get_arrays(surface))
		var points := []
		for point in arrays[Mesh.ARRAY_VERTEX]:
			points.append([point.x, point.y, point.z])
		found.append({"points": points, "bones": Array(arrays[Mesh.ARRAY_BONES]),
			"weights": Array(arrays[Mesh.ARRAY_WEIGHTS]), "binds": binds})
	return found

func _numbers(matrix: Transform3D) -> Array:
	var b := matrix.basis
	return [b.x.x, b.y.x, b.z.x, matrix.origin.x, b.x.y, b.y.y, b.z.y, matrix.origin.y,
		b.x.z, b.y.z, b.z.z, matrix.origin.z]
