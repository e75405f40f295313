package org.entente.gateway.policy.terms;

import org.entente.gateway.model.Code;

/**
 * One check of an agreement that a transfer fails.
 *
 * @param field the agreement's field, as its file names it
 * @param code stable code
 * @param reason what was found and what would be allowed; contains only facts that decide, so that
 *     equal facts give equal reasons
 */
public record AgreementMismatch(String field, Code code, String reason) {}
