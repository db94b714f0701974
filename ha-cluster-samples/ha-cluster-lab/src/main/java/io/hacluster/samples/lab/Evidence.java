package io.hacluster.samples.lab;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was seen of a fault, once the cluster is whole again. Times are those of
 * {@link System#nanoTime()}.
 *
 * @param fault the fault
 * @param former who led before
 * @param leader who leads now; the same, perhaps
 * @param hardwareAddresses those of the hosts, by node
 * @param begin when everything was well
 * @param struck when the fault struck
 * @param end now
 * @param addresses who had the virtual IP
 * @param backends where the backend ran
 * @param traffic what the client saw on the wire
 * @param acknowledged what the client was told, by time
 * @param rows the rows of the leader, read after those of the replica
 * @param replicated the rows of the replica
 * @param integrity the answers of {@code PRAGMA integrity_check}, by node
 * @param backendStart how long the new leader waited for its backend
 * @param complaints what else was seen that must not be
 */
record Evidence(Fault fault, String former, String leader, Map<String, String> hardwareAddresses, long begin,
		long struck, long end, Timeline addresses, Timeline backends, Traffic traffic, List<Ledger.Entry> acknowledged,
		Rows rows, Rows replicated, Map<String, String> integrity, Duration backendStart, List<String> complaints) {

	static Evidence collect(Fault fault, Incident incident, Node leader) throws SQLException {
		Bed bed = incident.bed();
		Node follower = bed.cluster().other(leader);
		long end = System.nanoTime();
		Map<String, String> hardware = new LinkedHashMap<>();
		bed.cluster().nodes().forEach((node) -> hardware.put(node.name(), bed.hardwareAddress(node)));
		List<Ledger.Entry> acknowledged = bed.ledger().byTime();
		try (DatabaseFile replica = DatabaseFile.open(follower.replica());
				DatabaseFile database = DatabaseFile.open(leader.database())) {
			// The replica first: what it holds, the database must have by then.
			Rows replicated = replica.rows();
			Rows rows = database.rows();
			Map<String, String> integrity = new LinkedHashMap<>();
			integrity.put(leader.name(), database.integrity());
			integrity.put(follower.name(), replica.integrity());
			return new Evidence(fault, incident.leader().name(), leader.name(), hardware, incident.begin(),
					incident.struck(), end, bed.addresses().holders(), bed.backends().runs(), bed.traffic(),
					acknowledged, rows, replicated, integrity, incident.backendStart(leader), incident.complaints());
		}
	}

	boolean isSameLeader() {
		return this.former.equals(this.leader);
	}

	String formerHardwareAddress() {
		return this.hardwareAddresses.getOrDefault(this.former, "");
	}

	String leaderHardwareAddress() {
		return this.hardwareAddresses.getOrDefault(this.leader, "");
	}

}
