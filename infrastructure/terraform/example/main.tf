# A module that needs no provider: what it brings is what it was told, by environment. Its backend is written by the build.
terraform {
  required_version = ">= 1.10"
}

variable "image_tag" {
  type        = string
  description = "The image's tag: the commit (S2.2)."

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag))
    error_message = "No tag."
  }
}

variable "environment" {
  type        = string
  description = "In environments/<environment>.tfvars."
}

variable "replicas" {
  type        = number
  description = "In environments/<environment>.tfvars."
}

resource "terraform_data" "release" {
  input = {
    environment = var.environment
    image_tag   = var.image_tag
  }
}

resource "terraform_data" "replica" {
  count = var.replicas
  input = terraform_data.release.output.image_tag
}

# What runs, for whoever has to go back to it.
output "image_tag" {
  value = terraform_data.release.output.image_tag
}
