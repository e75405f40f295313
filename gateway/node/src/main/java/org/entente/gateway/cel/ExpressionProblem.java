package org.entente.gateway.cel;

/**
 * One reason why an expression does not compile.
 *
 * @param line line within the expression, from 1
 * @param column column within that line, from 1
 * @param message the error
 * @param valid a valid alternative; empty if there is nothing to add
 */
public record ExpressionProblem(int line, int column, String message, String valid) {
  ExpressionProblem(int line, int column, String message) {
    this(line, column, message, "");
  }

  @Override
  public String toString() {
    return "line " + line + ", column " + column + " of the expression: " + message;
  }
}
