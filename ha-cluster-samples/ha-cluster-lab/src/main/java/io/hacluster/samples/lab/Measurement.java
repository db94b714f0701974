package io.hacluster.samples.lab;

import java.io.IOException;
import java.sql.SQLException;

/**
 * Measures one row of the benchmark.
 */
@FunctionalInterface
interface Measurement {

	/**
	 * Measures and adds what it finds to the context.
	 * @param context the context
	 * @throws LabException if something does not work
	 * @throws IOException if a file or process fails
	 * @throws SQLException if a database fails
	 */
	void measure(BenchmarkContext context) throws IOException, SQLException;

}
