"""GLSL of the renderer. World axes; the image plane is the crop's, its first row at ndc y = -1."""

BONES = 25  # 24 joints, and one that never moves for what is not a body
MATERIALS = 16
SHADOWS = 8  # joints that darken the floor

_LIGHT = """
uniform vec3 sun_direction;  // towards the light
uniform vec3 sun;
uniform vec3 sky;
uniform vec3 ground;
uniform float exposure;

vec3 ambient(float up) { return mix(ground, sky, up * 0.5 + 0.5); }

vec3 to_screen(vec3 c) { return pow(clamp(c * exposure, 0.0, 1.0), vec3(1.0 / 2.2)); }
"""

MESH_VERTEX = f"""
#version 330
uniform vec4 bones[{3 * BONES}];  // rows of rest -> world
uniform mat3 camera_R;
uniform vec3 camera_t;
uniform vec3 across, down;  // ndc x and y of a point in the camera, times its depth
in vec3 position, normal, unposed, colour;
in vec4 joints, weights;
in vec2 kind;  // material, and distance inside the garment's border
out vec3 v_normal, v_unposed, v_colour, v_world;
out float v_inside;
flat out int v_material;

void main() {{
    vec4 x = vec4(0.0), y = vec4(0.0), z = vec4(0.0);
    for (int k = 0; k < 4; k++) {{
        int j = 3 * int(joints[k]);
        x += weights[k] * bones[j];
        y += weights[k] * bones[j + 1];
        z += weights[k] * bones[j + 2];
    }}
    vec4 p = vec4(position, 1.0);
    v_world = vec3(dot(x, p), dot(y, p), dot(z, p));
    v_normal = vec3(dot(x.xyz, normal), dot(y.xyz, normal), dot(z.xyz, normal));
    v_unposed = unposed;
    v_colour = colour;
    v_material = int(kind.x);
    v_inside = kind.y;
    vec3 c = camera_R * v_world + camera_t;
    const float near = 0.1, far = 60.0;
    gl_Position = vec4(dot(across, c), dot(down, c),
                       (c.z * (far + near) - 2.0 * far * near) / (far - near), c.z);
}}
"""

MESH_FRAGMENT = f"""
#version 330
{_LIGHT}
uniform vec3 eye;
uniform sampler2D noise;
uniform vec4 material_colour[{MATERIALS}];  // the pattern's other colour; w: its kind
uniform vec4 material_look[{MATERIALS}];  // repeats a metre, wrinkles, shine, 1 for a person
in vec3 v_normal, v_unposed, v_colour, v_world;
in float v_inside;
flat in int v_material;
out vec4 colour;

float stripe(float x) {{ return smoothstep(0.45, 0.55, abs(fract(x) * 2.0 - 1.0)); }}

void main() {{
    if (v_inside < 0.0) discard;
    vec4 other = material_colour[v_material], look = material_look[v_material];
    vec3 s = v_unposed * look.x;
    vec3 grain = texture(noise, vec2(v_unposed.x + 0.6 * v_unposed.z, v_unposed.y) * 2.5).rgb;
    int kind = int(other.w);
    float share = 0.0;
    if (kind == 1) share = stripe(s.y);
    else if (kind == 2) share = stripe(s.x + 0.7 * s.z);
    else if (kind == 3) share = abs(stripe(s.x + 0.7 * s.z) - stripe(s.y));
    else if (kind == 4) share = 0.5 * (stripe(s.x + 0.7 * s.z) + stripe(s.y));
    else if (kind == 5) share = smoothstep(0.45, 0.55, texture(noise, s.xy * 0.15 + s.z * 0.1).b);
    else if (kind == 6) {{
        vec2 d = abs(v_unposed.xy - vec2(0.0, 0.03));
        share = d.x < 0.11 && d.y < 0.09 && v_unposed.z > 0.02
            ? step(0.5, texture(noise, s.xy * 0.2).g) : 0.0;
    }}
    vec3 albedo = mix(v_colour, other.rgb, share) * (0.85 + 0.3 * grain.b);
    vec3 view = normalize(eye - v_world);
    vec3 n = normalize(v_normal);
    if (dot(n, view) < 0.0) n = -n;
    n = normalize(n + look.y * (grain - 0.5));
    float facing = max((dot(n, sun_direction) + 0.15) / 1.15, 0.0);
    vec3 c = albedo * (sun * facing + ambient(n.y));
    vec3 half_way = normalize(view + sun_direction);
    c += look.z * sun * pow(max(dot(n, half_way), 0.0), 24.0);
    colour = vec4(to_screen(c), look.w);
}}
"""

BACKDROP_VERTEX = """
#version 330
in vec2 corner;
out vec2 v_ndc;
void main() {
    v_ndc = corner;
    gl_Position = vec4(corner, 0.99999, 1.0);
}
"""

BACKDROP_FRAGMENT = f"""
#version 330
{_LIGHT}
uniform mat3 to_world;  // (ndc, 1) -> ray in the world
uniform vec3 eye;
uniform bool indoors;
uniform vec3 room_low, room_high;  // metres, in axes turned by room_turn about the vertical
uniform vec2 room_turn;  // cosine, sine
uniform vec3 haze;
uniform float floor_scale;  // repeats a metre
uniform sampler2D floor_picture, wall_picture;
uniform vec4 shadow[{SHADOWS}];  // a joint in the world, and 1 / squared radius
in vec2 v_ndc;
out vec4 colour;

vec3 floor_at(vec3 p, float distance) {{
    float shade = 0.0;
    for (int k = 0; k < {SHADOWS}; k++) {{
        vec4 s = shadow[k];
        // Under the joint where it touches the floor, at its shadow where it is high.
        vec2 off = p.xz - s.xz + sun_direction.xz * (s.y / max(sun_direction.y, 0.25));
        shade += exp(-dot(off, off) * s.w);
    }}
    vec3 albedo = texture(floor_picture, p.xz * floor_scale).rgb;
    albedo *= albedo;  // roughly to linear light
    vec3 light = sun * max(sun_direction.y, 0.0) * exp(-1.6 * shade);
    light += ambient(1.0) * exp(-0.6 * shade);
    return mix(albedo * light, haze, indoors ? 0.0 : 1.0 - exp(-distance / 60.0));
}}

void main() {{
    vec3 d = normalize(to_world * vec3(v_ndc, 1.0));
    float t_floor = d.y < -1e-4 ? -eye.y / d.y : 1e9;
    vec3 c;
    if (indoors) {{
        vec3 o = vec3(room_turn.x * eye.x - room_turn.y * eye.z, eye.y,
                      room_turn.y * eye.x + room_turn.x * eye.z);
        vec3 r = vec3(room_turn.x * d.x - room_turn.y * d.z, d.y,
                      room_turn.y * d.x + room_turn.x * d.z);
        vec3 wall = mix(room_low, room_high, step(0.0, r));
        vec3 t = (wall - o) / (abs(r) + 1e-6) * sign(r + 1e-9);
        float nearest = min(t.x, t.z);
        if (t_floor < nearest) c = floor_at(eye + t_floor * d, t_floor);
        else if (t.y < nearest && d.y > 0.0) c = vec3(0.75) * ambient(-0.2);
        else {{
            vec3 p = o + nearest * r;
            bool side = t.x < t.z;
            float along = side ? p.z + 3.7 : p.x;
            vec3 n = side ? vec3(-sign(r.x), 0.0, 0.0) : vec3(0.0, 0.0, -sign(r.z));
            n = vec3(room_turn.x * n.x + room_turn.y * n.z, 0.0,
                     -room_turn.y * n.x + room_turn.x * n.z);
            vec3 albedo = texture(wall_picture, vec2(along / 6.0, p.y / room_high.y)).rgb;
            c = albedo * albedo * (ambient(0.0) + 0.6 * sun * max(dot(n, sun_direction), 0.0));
        }}
    }} else if (t_floor < 150.0) c = floor_at(eye + t_floor * d, t_floor);
    else {{
        float along = atan(d.x, d.z) / 6.2831853;
        c = texture(wall_picture, vec2(along * 2.0, clamp(d.y * 1.4 + 0.05, 0.0, 0.98))).rgb;
        c = c * c / exposure;
    }}
    colour = vec4(to_screen(c), 0.0);
}}
"""
