package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;

/** The page on NIEM says of each field of a subject what it is there, and of no other. */
class NiemPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "integrate", "niem.md");
  private static final Pattern CODE = Pattern.compile("`([a-z_.]+)`");

  /** The fields that the page's rows begin with; {@code .issuer} is of the message before it. */
  private static Set<String> onThePage() throws IOException {
    Set<String> fields = new TreeSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| `")) {
        String message = "";
        Matcher code = CODE.matcher(line.substring(0, line.indexOf('|', 1)));
        while (code.find()) {
          String field = code.group(1);
          fields.add(field.startsWith(".") ? message + field : field);
          message = field.startsWith(".") ? message : field.replaceFirst("\\..*", "");
        }
      }
    }
    return fields;
  }

  /** Fields without fields of their own, by their paths. */
  private static List<String> leaves(Descriptor type, String above) {
    List<String> out = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      String path = above + field.getName();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        out.addAll(leaves(field.getMessageType(), path + "."));
      } else {
        out.add(path);
      }
    }
    return out;
  }

  @Test
  void everyFieldOfASubject_isOnThePage_byItselfOrWithItsMessage_andNoOther() throws IOException {
    Set<String> page = onThePage();
    Set<String> there = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    for (String leaf : leaves(Subject.getDescriptor(), "")) {
      String message = leaf.replaceFirst("\\..*", "");
      there.add(leaf);
      there.add(message);
      if (!page.contains(leaf) && !page.contains(message)) {
        missing.add(leaf);
      }
    }
    assertEquals(Set.of(), missing);
    page.removeAll(there);
    assertEquals(Set.of(), page, "no field of a subject");
  }
}
