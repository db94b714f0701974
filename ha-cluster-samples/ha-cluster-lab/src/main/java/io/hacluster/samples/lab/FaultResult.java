package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.List;

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
 * @param violations what breaks the promises, in words
 */
record FaultResult(Fault fault, Duration outage, @Nullable Duration moved, Duration vipOverlap, Duration backendOverlap,
		long strays, int lost, Duration backendStart, List<String> violations) {

	boolean isKept() {
		return this.violations.isEmpty();
	}

}
