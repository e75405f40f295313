package org.entente.gateway.model;

/**
 * Policy's refusal of one recipient.
 *
 * @param recipient the requested recipient; the text as given if it is not an agency
 * @param code stable code
 * @param rule the rule that decided, such as {@code eu-product-safety/purposes}; empty when no
 *     agreement applies
 * @param reason what was found and what is allowed
 */
public record Refusal(String recipient, Code code, String rule, String reason) {
  /** The refusal as clients receive it. */
  public org.entente.proto.v1.Refusal toProto() {
    return org.entente.proto.v1.Refusal.newBuilder()
        .setAgency(recipient)
        .setCode(code.name())
        .setRule(rule)
        .setReason(reason)
        .setWhoMustAct(code.whoMustAct().toProto())
        .build();
  }
}
