use hookgate_benches::verify::*;
fn main(){ let which=std::env::args().nth(1).unwrap(); let n:usize=std::env::args().nth(2).unwrap().parse().unwrap();
 let (v,r)= match &*which {"github"=>github(256),"stripe"=>stripe(256),_=>standard(256)};
 let f= if which=="standard"{Floor::base64()}else{Floor::text()};
 let floor=std::env::args().nth(3).is_some();
 for _ in 0..n { if floor { std::hint::black_box(match &*which {"github"=>f.github(&r),"stripe"=>f.stripe(&r),_=>f.standard(&r)}); } else { std::hint::black_box(v.verify(r.head(), r.body.clone(), NOW).is_ok()); } } }
