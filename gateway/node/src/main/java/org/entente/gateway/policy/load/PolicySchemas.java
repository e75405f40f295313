package org.entente.gateway.policy.load;

import com.google.protobuf.Descriptors.EnumDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.config.JsonSchemas;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.CodeFile;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.terms.AgreementFile;
import org.entente.gateway.policy.terms.NodeRule.NodeRulesFile;

/** JSON Schemas of policy files, for editors, generated from the classes that load the files. */
public final class PolicySchemas {
  /** Kinds that an agreement cannot name. */
  private static final List<String> WITHOUT_AGREEMENT =
      List.of("CHARGE", "CONSENT", "EVIDENCE", "RECALL", "RESPONDERS", "ROSTER");

  private PolicySchemas() {}

  /** The schemas by the names of their files, such as {@code agreement.json}. */
  public static Map<String, String> all() {
    Map<String, List<String>> words = vocabularies();
    Map<String, String> schemas = new LinkedHashMap<>();
    schemas.put(
        "agreement.json",
        JsonSchemas.of(
            AgreementFile.class, "An agreement of Entente (docs/policy/agreements.md)", words));
    schemas.put(
        "node-rules.json",
        JsonSchemas.of(
            NodeRulesFile.class, "The rules of a node (docs/policy/conditions.md)", words));
    schemas.put(
        "codes.json", JsonSchemas.of(CodeFile.class, "Code lists (docs/policy/codes.md)", words));
    return schemas;
  }

  private static Map<String, List<String>> vocabularies() {
    Map<String, List<String>> words = new HashMap<>();
    CodeLists.ENUMS.forEach((list, type) -> words.put(list, words(type)));
    List<String> agreed = new ArrayList<>(words.getOrDefault("kind", List.of()));
    agreed.removeAll(WITHOUT_AGREEMENT);
    words.put("agreed_kind", agreed);
    words.put("list", List.copyOf(CodeLists.ENUMS.keySet()));
    return words;
  }

  private static List<String> words(EnumDescriptor type) {
    return type.getValues().stream()
        .filter(value -> value.getNumber() != 0)
        .map(EnumNames::word)
        .toList();
  }
}
