// The light of the first picture: what three.js makes of a standard material under the studio's lamps, in a few lines.
import { dimmed, FILL, LAMP, PANELS, SKY, SUN, WALLS } from "./scan_lamp.js";

const linear = (byte) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);

/** A colour as CSS has it, times `power`, linear. */
const light = (color, power) => [16, 8, 0].map((bits) => linear((color >> bits) & 255) * power);

/** Toward a lamp that goes with the camera. */
const toward = ({ azimuth, elevation }) => [
  Math.cos(elevation) * Math.sin(azimuth),
  Math.sin(elevation),
  Math.cos(elevation) * Math.cos(azimuth),
];

const vec = (values) => `vec3(${values.map((value) => value.toFixed(5))})`;

const rest = dimmed(LAMP);

/** The soft boxes that metals mirror, seen from the middle: how far each fills the blurred view along `d`. */
const mirrored = PANELS.map(([place, size, power]) => {
  const far = Math.hypot(...place);
  const [across] = size.map((side) => side / 2).sort((a, b) => b - a);
  const wide = Math.atan(across / far).toFixed(4);
  return `c+=${power.toFixed(3)}*(1.-smoothstep(${wide}-s,${wide}+s,acos(clamp(dot(d,${vec(place.map((value) => value / far))}),-1.,1.))));`;
}).join("");

export const VERTEX = `#version 300 es
layout(location=0)in vec3 p;layout(location=1)in vec3 n;layout(location=2)in vec4 c;layout(location=3)in vec2 t;
uniform mat4 M,V,P;out vec3 e,o;out vec3 k;out vec2 u;
void main(){mat4 m=V*M;vec4 a=m*vec4(p,1.);e=-a.xyz;o=transpose(inverse(mat3(m)))*n;k=c.rgb;u=t;gl_Position=P*a;}`;

// D, G and F of a rough surface, Lambert below it, Khronos' neutral tones: as three's chunks lights_physical and
// tonemapping, with Karis' curve where those read a table.
export const FRAGMENT = `#version 300 es
precision highp float;
in vec3 e,o;in vec3 k;in vec2 u;out vec4 r;
uniform mat4 V;uniform sampler2D B,R,G;uniform vec3 C;uniform vec4 S;uniform bvec3 Q;
const float I=.31830989;
vec3 N,E,A,F0;float w,al,nv;vec2 g;
void lamp(vec3 L,vec3 c,inout vec3 s){
vec3 H=normalize(L+E);float nl=clamp(dot(N,L),0.,1.),nh=clamp(dot(N,H),0.,1.),a2=al*al,d=nh*nh*(a2-1.)+1.;
vec3 F=F0+(1.-F0)*exp2((-5.55473*dot(E,H)-6.98316)*dot(E,H));
float v=.5/max(nl*sqrt(a2+(1.-a2)*nv*nv)+nv*sqrt(a2+(1.-a2)*nl*nl),1e-6);
vec3 f=.04+.96*exp2((-5.55473*dot(E,H)-6.98316)*dot(E,H))*vec3(1.);
s+=nl*c*(F*v*I*a2/(d*d)*(1.+F0*(1./(g.x+g.y)-1.))+A*I*(1.-f));}
vec3 room(vec3 d,float s){vec3 c=${vec(WALLS)};${mirrored}return c;}
void main(){
vec3 q=dFdx(e),h=dFdy(e);N=Q.x?normalize(cross(q,h)):normalize(o)*(Q.y&&!gl_FrontFacing?-1.:1.);
vec3 x=max(abs(dFdx(N)),abs(dFdy(N)));vec4 J=texture(G,u);float ml=S.x*J.b;w=min(1.,max(S.y*J.g,.045)+max(x.x,max(x.y,x.z)));
if(Q.z){vec2 a=dFdx(u),b=dFdy(u);q=-q;h=-h;vec3 i=cross(h,N),j=cross(N,q),T=i*a.x+j*b.x,W=i*a.y+j*b.y;
float m=max(dot(T,T),dot(W,W));m=m==0.?0.:inversesqrt(m)*(Q.y&&!gl_FrontFacing?-1.:1.);
vec3 l=texture(R,u).xyz*2.-1.;N=normalize(T*m*l.x*S.z+W*m*l.y*S.z+N*l.z);}
E=normalize(e);nv=clamp(dot(N,E),0.,1.);al=w*w;
vec3 b=C*k*texture(B,u).rgb;A=b*(1.-ml);F0=mix(vec3(.04),b,ml);
vec4 z=w*vec4(-1,-.0275,-.572,.022)+vec4(1,.0425,1.04,-.04);g=vec2(-1.04,1.04)*(min(z.x*z.x,exp2(-9.28*nv))*z.x+z.y)+z.zw;
vec3 s=vec3(0);
lamp(${vec(toward(LAMP))},${vec(light(SUN.color, SUN.power))},s);
lamp(${vec(toward({ azimuth: -LAMP.azimuth, elevation: FILL.elevation }))},${vec(light(FILL.color, FILL.power * rest))},s);
float y=g.x+g.y,ds=.04*g.x+g.y,dm=ds*.0857/(1.-.0857*(1.-y))*(1.-y);
mat3 X=transpose(mat3(V));
if(S.w>0.){vec3 f=F0+(1.-F0)*.047619,i=F0*g.x+g.y,D=room(X*N,1.2)*.75;
s+=${rest.toFixed(5)}*(room(X*reflect(-E,N),.12+w)*i+i*f/(1.-(1.-y)*f)*(1.-y)*D+A*(1.-ds-dm)*D);}
else s+=mix(${vec(light(SKY.ground, SKY.power * rest))},${vec(light(SKY.color, SKY.power * rest))},.5+.5*(X*N).y)*A*I*(1.-ds-dm);
float lo=min(s.r,min(s.g,s.b));s-=lo<.08?lo-6.25*lo*lo:.04;
float pk=max(s.r,max(s.g,s.b));if(pk>=.76){float d=1.-.0576/(pk+.24-.76);s*=d/pk;s=mix(s,vec3(d),1.-1./(.15*(pk-d)+1.));}
r=vec4(mix(s*12.92,1.055*pow(max(s,0.),vec3(1./2.4))-.055,step(.0031308,s)),1.);}`;
