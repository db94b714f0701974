package io.hacluster.actuate;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestParam;

import io.hacluster.operation.InvalidRequestException;

/**
 * Answers OPTIONS for the role checks. Actuator has no operation for that method, and
 * Spring answers it with 200 wherever anything is mapped; a load balancer that asks so,
 * as HAProxy does unless told otherwise, would take every node for the leader.
 */
final class RoleCheckOptions {

	private static final HttpMethod[] ALLOWED = { HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS };

	private final RoleChecks checks;

	private final String role;

	private RoleCheckOptions(RoleChecks checks, String role) {
		this.checks = checks;
		this.role = role;
	}

	/**
	 * Returns what answers.
	 * @param checks the checks
	 * @return one for each check
	 */
	static List<RoleCheckOptions> all(RoleChecks checks) {
		return RoleChecks.NAMES.stream().map((role) -> new RoleCheckOptions(checks, role)).toList();
	}

	/**
	 * Returns the method that answers, for a mapping.
	 * @return the method
	 */
	static Method method() {
		Method method = ReflectionUtils.findMethod(RoleCheckOptions.class, "check", String.class);
		if (method == null) {
			throw new IllegalStateException("'check' is missing");
		}
		return method;
	}

	/**
	 * Returns where it answers.
	 * @param endpoint the path of the endpoint
	 * @return the path
	 */
	String path(String endpoint) {
		return endpoint + "/" + this.role;
	}

	ResponseEntity<String> check(@RequestParam(name = "maxLag", required = false) @Nullable String maxLag) {
		try {
			return ResponseEntity
				.status(this.checks.passes(this.role, maxLag) ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
				.allow(ALLOWED)
				.build();
		}
		catch (InvalidRequestException ex) {
			return ResponseEntity.badRequest().allow(ALLOWED).body(ex.getMessage());
		}
	}

}
