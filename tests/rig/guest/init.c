/* The guest's only program, started by the kernel: mounts, network, user data, then the HTTP server. */
#define _GNU_SOURCE
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT 80
#define USER_DATA_LIMIT (16u << 20)
#define DRIVES 4

/* The shared memory floppy of VirtualBox guests: text for the guest, closed by a zero byte. */
#define FLOPPY_HOST_TO_GUEST 14335

static void say(const char *what, const char *detail)
{
    char uptime[32] = "";
    int file = open("/proc/uptime", O_RDONLY);
    if (file >= 0) {
        ssize_t got = read(file, uptime, sizeof uptime - 1);
        uptime[got > 0 ? strcspn(uptime, " ") : 0] = 0;
        close(file);
    }
    printf("guest %s: %s%s\n", uptime, what, detail);
}

static struct sockaddr ip(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(text)};
    struct sockaddr generic;
    memcpy(&generic, &address, sizeof generic);
    return generic;
}

/* VirtualBox's NAT always gives the same addresses: asking for them by DHCP would only take time. */
static void bring_up(const char *interface, const char *address, const char *mask, const char *gateway)
{
    int control = socket(AF_INET, SOCK_DGRAM, 0), failed = 0;
    struct ifreq request = {0};
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    if (address) {
        request.ifr_addr = ip(address);
        failed |= ioctl(control, SIOCSIFADDR, &request);
        request.ifr_netmask = ip(mask);
        failed |= ioctl(control, SIOCSIFNETMASK, &request);
    }
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    failed |= ioctl(control, SIOCSIFFLAGS, &request);
    if (gateway) {
        route.rt_dst = ip("0.0.0.0");
        route.rt_genmask = ip("0.0.0.0");
        route.rt_gateway = ip(gateway);
        failed |= ioctl(control, SIOCADDRT, &route);
    }
    say(failed ? "no network on " : "up: ", interface);
    close(control);
}

static struct content read_file(const char *path, size_t limit)
{
    struct content content = {0};
    int file = open(path, O_RDONLY);
    if (file < 0)
        return content;
    char *data = malloc(limit + 1);
    for (ssize_t got; content.size < limit && (got = read(file, data + content.size, limit - content.size)) > 0;)
        content.size += (size_t)got;
    close(file);
    data[content.size] = 0;
    content.data = data;
    return content;
}

static struct content find_user_data(void)
{
    static const char *paths[] = {"/cd/openstack/latest/user_data", "/cd/ec2/latest/user-data"};
    for (int drive = 0; drive < DRIVES; drive++) {
        char device[] = "/dev/sr0";
        device[7] = (char)('0' + drive);
        if (mount(device, "/cd", "iso9660", MS_RDONLY, NULL))
            continue;
        struct content found = {0};
        for (size_t each = 0; !found.data && each < sizeof paths / sizeof *paths; each++)
            found = read_file(paths[each], USER_DATA_LIMIT);
        umount("/cd");
        if (found.data) {
            say("user data from the CD in ", device);
            return found;
        }
    }
    struct content floppy = read_file("/dev/fd0", FLOPPY_HOST_TO_GUEST);
    if (floppy.data) {
        floppy.size = strlen(floppy.data);
        say("user data from the floppy", "");
        return floppy;
    }
    say("no user data", "");
    return (struct content){"", 0};
}

/* Ends the machine when its power button is pressed (VBoxManage controlvm acpipowerbutton).

   The kernel goes without ACPI, whose start takes four seconds in an interpreted machine. What remains of it here are
   the registers of VirtualBox's chipset: ACPI 4.8.3.1 and 4.8.3.2 say what their bits mean. */
static void watch_power_button(void)
{
    enum { SMI_COMMAND = 0x442e, ENABLE_ACPI = 0xa1, PM1A_STATUS = 0x4000, BUTTON_PRESSED = 1 << 8 };
    enum { PM1A_CONTROL = 0x4004, SLEEP_TYPE_S5 = 5 << 10, SLEEP_ENABLE = 1 << 13 };
    if (fork())
        return;
    if (iopl(3))
        _exit(1);
    outb(ENABLE_ACPI, SMI_COMMAND);
    while (!(inw(PM1A_STATUS) & BUTTON_PRESSED))
        usleep(200000);
    say("power button", "");
    outw(SLEEP_TYPE_S5 | SLEEP_ENABLE, PM1A_CONTROL);
    _exit(0);
}

int main(void)
{
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    int console = open("/dev/console", O_RDWR);
    if (console >= 0)
        for (int each = 0; each < 3; each++)
            dup2(console, each);
    setvbuf(stdout, NULL, _IOLBF, 0);
    say("started", "");
    bring_up("lo", NULL, NULL, NULL);
    bring_up("eth0", "10.0.2.15", "255.255.255.0", "10.0.2.2");
    struct content user_data = find_user_data();
    watch_power_button();
    say("serving", "");
    serve(PORT, user_data);
    say("can't listen: ", strerror(errno));
    for (;;)
        pause();
}
