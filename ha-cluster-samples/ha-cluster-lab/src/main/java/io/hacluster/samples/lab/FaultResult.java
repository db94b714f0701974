package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What came of a fault.
 *
 * @param fault the fault
 * @param outage the longest time in which the client was not answered
 * @param moved from the announcement of the new leader to the first packet of the client
 * to it, null if the address has not moved
 * @param vipOverlap for how long at most both nodes had the virtual IP
 * @param backendOverlap for how long at most the backend ran on both hosts
 * @param strays packets from the former leader's host after the first of the new one
 * @param lost acknowledged rows that are gone
 * @param backendStart how long the new leader waited for its backend
 * @param harm what must never be, in words
 * @param delays what the nodes owe only while their machines run, in words: a leader
 * gives up when it did not run for the margin of its lease, and nobody is served
 * meanwhile
 */
record FaultResult(Fault fault, Duration outage, @Nullable Duration moved, Duration vipOverlap, Duration backendOverlap,
		long strays, int lost, Duration backendStart, List<String> harm, List<String> delays) {

	/**
	 * Returns all that breaks the promises.
	 */
	List<String> violations() {
		return Stream.concat(this.harm.stream(), this.delays.stream()).toList();
	}

	boolean isKept() {
		return violations().isEmpty();
	}

}
