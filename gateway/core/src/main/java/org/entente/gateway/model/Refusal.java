package org.entente.gateway.model;

/**
 * Policy's refusal of one recipient.
 *
 * @param recipient the agency that was asked for; its text as given where it is no agency
 * @param code stable code
 * @param rule the rule that decided, such as {@code eu-product-safety/purposes}; empty when no
 *     agreement applies at all
 * @param reason what was found and what would be allowed
 */
public record Refusal(String recipient, Code code, String rule, String reason) {}
