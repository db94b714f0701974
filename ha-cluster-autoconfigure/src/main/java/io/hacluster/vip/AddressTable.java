package io.hacluster.vip;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The interfaces and addresses of this host.
 */
interface AddressTable extends AutoCloseable {

	/**
	 * Looks for an interface.
	 * @throws IOException if the kernel cannot be asked
	 */
	Optional<Link> link(String name) throws IOException;

	/**
	 * Returns the addresses of all interfaces.
	 * @throws IOException if the kernel cannot be asked
	 */
	List<AssignedAddress> addresses() throws IOException;

	/**
	 * Returns the subnets that an interface reaches without a gateway.
	 * @throws IOException if the kernel cannot be asked
	 */
	List<CidrAddress> routes(int link) throws IOException;

	/**
	 * Adds an address, or gives it another lifetime.
	 * @param link the interface
	 * @param address the address
	 * @param seconds its lifetime from now on, at least 1
	 * @throws IOException if the kernel refuses
	 */
	void put(Link link, CidrAddress address, long seconds) throws IOException;

	/**
	 * Removes an address.
	 * @return whether it was there
	 * @throws IOException if the kernel refuses
	 */
	boolean remove(int link, CidrAddress address) throws IOException;

	@Override
	void close();

}
