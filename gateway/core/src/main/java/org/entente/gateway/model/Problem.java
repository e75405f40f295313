package org.entente.gateway.model;

/**
 * A malformed or impossible request: the field at fault and what is wrong with it. The request
 * changed nothing.
 *
 * @param code stable code
 * @param field path of the field, such as {@code label.purpose}; empty where no field is at fault
 * @param message what was wrong and what would be valid; without message content and control
 *     characters
 */
public record Problem(Code code, String field, String message) {}
