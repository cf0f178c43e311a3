/* An object with nothing but a name. Binaries of plug-ins name the library of
 * the server that they were built for (DT_NEEDED libslapd.so.0, ...); the
 * dynamic linker takes an object with that SONAME which is already mapped, so
 * the host opens these before any plug-in and the real libraries are never
 * drawn in. The functions come from libslapi in the global scope. */
const char libslapi_standin[] = "stand-in of libslapi";
