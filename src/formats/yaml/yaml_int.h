/* yaml, inside. */
#ifndef PANDWACHT_YAML_INT_H
#define PANDWACHT_YAML_INT_H

#include <pandwacht/yaml.h>

#define PW_YAML_DEPTH_DEFAULT 32
#define PW_YAML_SIZE_DEFAULT  ((size_t)4 * 1024 * 1024)
#define PW_YAML_NODES_DEFAULT ((size_t)200000)

#endif
