/** In place of what build.mjs collects: tests look at no styles. */
export default "";
