package org.entente.gateway.cel;

/**
 * A text that a condition compares with a field of codes or names. An immutable value.
 *
 * @param with the field compared: {@code origin}, {@code recipient}, or a label field such as
 *     {@code label.markings}, also one element of a list field
 * @param text the text
 * @param line its line in the expression, from 1
 * @param column column within that line, from 1
 */
public record ComparedText(String with, String text, int line, int column) {}
