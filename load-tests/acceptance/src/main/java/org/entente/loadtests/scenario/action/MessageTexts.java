package org.entente.loadtests.scenario.action;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every text in a protocol message, at any depth. */
public final class MessageTexts {
  private final Set<String> found = new TreeSet<>();

  private MessageTexts() {}

  public static Set<String> of(Message message) {
    MessageTexts texts = new MessageTexts();
    texts.collect(message);
    return texts.found;
  }

  private void collect(Message message) {
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      if (entry.getValue() instanceof List<?> list) {
        list.forEach(this::value);
      } else {
        value(entry.getValue());
      }
    }
  }

  private void value(Object value) {
    if (value instanceof MapEntry<?, ?> pair) {
      value(pair.getValue());
    } else if (value instanceof Message message) {
      collect(message);
    } else if (value instanceof String text) {
      found.add(text);
    }
  }
}
