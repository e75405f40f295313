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
public record Problem(Code code, String field, String message) {
  /** The problem in a message that {@link #toProto} made. */
  public static Problem of(org.entente.proto.v1.Problem problem) {
    return new Problem(Code.valueOf(problem.getCode()), problem.getField(), problem.getMessage());
  }

  /** The problem as clients receive it. */
  public org.entente.proto.v1.Problem toProto() {
    return org.entente.proto.v1.Problem.newBuilder()
        .setCode(code.name())
        .setField(field)
        .setMessage(message)
        .setWhoMustAct(code.whoMustAct().toProto())
        .setRetry(code.retry())
        .build();
  }
}
