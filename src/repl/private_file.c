#include "repl.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_ATTEMPTS = 200, LOCK_WAIT_NS = 5000000 };

static bool make_folders(char *folder)
{
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int made = mkdir(folder, 0700);
        *slash = '/';
        if (made != 0 && errno != EEXIST)
            return false;
    }
    return mkdir(folder, 0700) == 0 || errno == EEXIST;
}

/* Nobody keeps the lock for long, unless stopped: then it is done without. */
static bool lock(int folder)
{
    const struct timespec wait = {.tv_nsec = LOCK_WAIT_NS};

    for (int i = 0; i < LOCK_ATTEMPTS; i++) {
        if (flock(folder, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&wait, NULL);
    }
    return false;
}

/* The folder, made if need be, private and locked; -1 with errno. */
static int open_folder(const char *path)
{
    struct stat status;
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');

    errno = EINVAL;
    if (!slash || slash == path || (size_t)(slash - path) >= sizeof folder)
        return -1;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    int descriptor = make_folders(folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (descriptor < 0)
        return -1;
    errno = EPERM; /* root with another's HOME would leave files there that he cannot read */
    if (fstat(descriptor, &status) == 0 && status.st_uid == geteuid() &&
        fchmod(descriptor, 0700) == 0 && lock(descriptor))
        return descriptor;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

/* A link or a device in its place is somebody's wish: nothing is written then. */
static bool may_replace(int folder, const char *name)
{
    struct stat status;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    errno = EPERM;
    return S_ISREG(status.st_mode) && status.st_uid == geteuid();
}

static void push_content(lua_State *L, const char *path)
{
    luaL_Buffer buffer;
    FILE *file = fopen(path, "rb");
    size_t count = 1;

    luaL_buffinit(L, &buffer);
    while (file && count > 0) {
        count = fread(luaL_prepbuffer(&buffer), 1, LUAL_BUFFERSIZE, file);
        luaL_addsize(&buffer, count);
    }
    if (file)
        fclose(file);
    luaL_pushresult(&buffer);
}

static bool write_file(int folder, const char *name, const char *text, size_t length)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool is_written = file >= 0 && fchmod(file, 0600) == 0;

    while (is_written && length > 0) {
        ssize_t count = write(file, text, length);

        is_written = count > 0 || (count < 0 && errno == EINTR);
        text += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    if (file >= 0 && close(file) != 0)
        is_written = false;
    return is_written;
}

static bool replace(int folder, const char *name, const char *text, size_t length)
{
    char other[NAME_MAX + 1];
    int size = snprintf(other, sizeof other, "%s.new", name);

    return size > 0 && (size_t)size < sizeof other && write_file(folder, other, text, length) &&
           renameat(folder, other, folder, name) == 0;
}

/* (path, change, folder): what can raise, with the folder open. */
static int change_content(lua_State *L)
{
    const char *path = lua_tostring(L, 1), *name = strrchr(path, '/') + 1;
    int folder = (int)lua_tointeger(L, 3);
    bool is_done = may_replace(folder, name);
    size_t length;

    if (is_done) {
        lua_pushvalue(L, 2);
        push_content(L, path);
        lua_call(L, 1, 1);
        const char *text = lua_tolstring(L, -1, &length);
        is_done = !text || replace(folder, name, text, length);
    }
    return luaL_fileresult(L, is_done, path);
}

/* update_private(path, change) -> true | nil, message, errno: `change(old text)` gives the new one,
 * or nil to leave it. Folder and file are this user's alone, and no other program that changes it
 * so comes in between. */
int mm_private_file_update(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    int folder = open_folder(path);
    if (folder < 0)
        return luaL_fileresult(L, 0, path);
    lua_pushinteger(L, folder);
    lua_pushcfunction(L, change_content);
    lua_insert(L, 1);
    int status = lua_pcall(L, 3, LUA_MULTRET, 0);
    close(folder);
    return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}
