package io.hacluster.vip;

import org.jspecify.annotations.Nullable;

/**
 * A network interface as the kernel describes it at one moment.
 *
 * @param index its index, which another interface gets when this one is removed
 * @param name its name
 * @param mac its hardware address, {@code null} if it is no Ethernet interface or knows
 * no neighbours (loopback, dummy, tunnels): nothing can be announced there
 * @param running whether it is up and has a carrier
 */
public record Link(int index, String name, @Nullable MacAddress mac, boolean running) {
}
