package org.entente.gateway.cel;

/**
 * A text that a condition compares with something that has codes or names. A value.
 *
 * @param with what it is compared with: {@code origin}, {@code recipient}, or a field such as
 *     {@code label.markings}, also of one element of a list
 * @param text the text
 * @param line line of the expression on which it stands, from 1
 * @param column column within that line, from 1
 */
public record ComparedText(String with, String text, int line, int column) {}
