package org.entente.gateway.model;

/**
 * A malformed or impossible request, as a value: what is wrong with which field. Changes nothing.
 *
 * @param code stable code
 * @param field path of the field, such as {@code label.purpose}; empty where none is at fault
 * @param message what was wrong and what would be valid; free of content and control characters
 */
public record Problem(Code code, String field, String message) {}
