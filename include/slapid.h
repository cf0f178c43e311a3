/*
 * slapid.h: running the directory server of libslapi inside a program.
 *
 * The program slapid is ten lines around slapid_main(). Any C program can hold
 * the server the same way, or start it beside its own work with slapid_start()
 * and end it with slapid_stop(). A process holds one server at a time.
 *
 * Link with -lslapi. Plug-ins find the functions that they need through the
 * dynamic linker's global scope, so that a program which was linked with
 * libslapi.so needs nothing more; one that was linked with libslapi.a must be
 * linked with -rdynamic.
 */
#ifndef SLAPID_H
#define SLAPID_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Runs a command line to its end, as the program slapid does, and returns the
 * exit status. The last part of argv[0] chooses the tool: slapadd, slapcat,
 * slapindex, slappasswd and slaptest are tools that end by themselves, any
 * other name is the server, which runs until SIGINT or SIGTERM.
 */
int slapid_main(int argc, char **argv);

/*
 * Starts the server with these arguments (argv[0] is a name for messages; the
 * arguments are those of slapid, such as -f FILE and -h "URL...") and returns
 * once it answers on its listeners. 0, or the exit status that slapid would
 * have had when it could not start; then *error, when error is not NULL, is a
 * message from malloc. It stays in the foreground, with -d 0 unless the
 * arguments have another -d. SIGINT and SIGTERM end the server, SIGHUP has it
 * read its files again.
 */
int slapid_start(int argc, char **argv, char **error);

/*
 * Stops the server that slapid_start() started: listeners are closed, running
 * operations end, plug-ins are closed, databases are flushed. Returns the exit
 * status, or -1 when no server runs.
 */
int slapid_stop(void);

/* The version of the library, such as "0.1.0". Not to be freed. */
char *slapid_version(void);

#ifdef __cplusplus
}
#endif
#endif
